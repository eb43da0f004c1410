package org.demur.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.sae.WorkCrew;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tokens a second from tokenised prompts to the residual stream of some blocks in files, flushed. */
@Command(name = "extract", description = "Writes the residual stream after some blocks to .npy files.")
final class ExtractBenchmark implements Runnable {
    private static final int CHECKED_ROWS = 50;

    /** Tokens for each thread whose results may lie on the heap at once. */
    private static final int PART_TOKENS = 1 << 15;

    @Mixin
    private RunOptions options;

    @Mixin
    private TaskOptions tasks;

    @Option(names = "--count", defaultValue = "512", description = "Prompts (${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = "--layers",
            split = ",",
            description =
                    "Blocks after which the stream is read; at a third, half and two thirds of the depth by default.")
    private List<Integer> layers = new ArrayList<>();

    @Option(names = "--batch-tokens", defaultValue = "2048", description = "Tokens of a batch (${DEFAULT-VALUE}).")
    private int batchTokens;

    @Override
    public void run() {
        try (LoadedModel loaded = LoadedModel.load(options, tasks.nativeThreads(options), count);
                WorkCrew crew = tasks.crew()) {
            chooseLayers(loaded.depth());
            Extraction extraction = new Extraction(loaded, layers, batchTokens, crew);
            List<Double> checks = new ArrayList<>();
            Timings timings = options.rounds().timeOne(() -> checks.add(extraction.run()));
            Report.of("extract", options, loaded)
                    .with("tasks", tasks.tasks())
                    .with("layers", layers)
                    .with("prompts", loaded.prompts().size())
                    .with("tokens", loaded.tokens())
                    .with("batch_tokens", batchTokens)
                    .withAll(timings.figures(loaded.tokens()))
                    .with("mean_abs_check", checks.get(0))
                    .print(options.out(), line(loaded, timings));
        }
    }

    private void chooseLayers(int depth) {
        if (layers.isEmpty()) {
            layers = List.of(depth / 3, depth / 2, 2 * depth / 3);
        }
        for (int layer : layers) {
            if (layer < 0 || layer >= depth) {
                throw new JobException(
                        ExitCode.USAGE,
                        "Layer " + layer + " does not exist",
                        "the model has " + depth + " blocks, counted from 0",
                        "give other numbers with --layers");
            }
        }
    }

    private String line(LoadedModel loaded, Timings timings) {
        return String.format(
                Locale.ROOT,
                "extract: %s, %d prompts, %d tokens, layers %s: %s tokens/s",
                loaded.name(),
                loaded.prompts().size(),
                loaded.tokens(),
                layers,
                Report.text(timings.rate(loaded.tokens())));
    }

    /** The work of one run; answers the mean absolute value of the first rows of the last layer. */
    private record Extraction(LoadedModel loaded, List<Integer> layers, int batchTokens, WorkCrew crew) {

        double run() {
            try {
                Path folder = Files.createTempDirectory("demur-bench");
                List<Path> paths = layers.stream()
                        .map(layer -> folder.resolve("l" + layer + ".npy"))
                        .toList();
                double check = write(paths);
                for (Path path : paths) {
                    Files.delete(path);
                }
                Files.delete(folder);
                return check;
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot use a temporary folder", e);
            }
        }

        private double write(List<Path> paths) {
            int[] firstRows = new int[loaded.prompts().size() + 1];
            for (int i = 0; i < loaded.prompts().size(); i++) {
                firstRows[i + 1] = firstRows[i] + loaded.prompts().get(i).tokenIds().length;
            }
            List<NpyFile> files = paths.stream()
                    .map(path -> NpyFile.create(path, firstRows[firstRows.length - 1], loaded.width()))
                    .toList();
            List<List<Integer>> parts = loaded.parts(crew.threads() * (int) (loaded.tokens() / PART_TOKENS + 1));
            crew.run(parts.size(), (number, slot) -> extract(parts.get(number), firstRows, files));
            files.forEach(NpyFile::flush);
            return files.get(files.size() - 1).meanAbsolute(CHECKED_ROWS);
        }

        private void extract(List<Integer> part, int[] firstRows, List<NpyFile> files) {
            List<HookPoint> points = layers.stream().map(HookPoint::residPost).toList();
            ForwardPlan plan = ForwardPlan.capture(new TreeSet<>(points)).withMaxTokensPerBatch(batchTokens);
            ForwardResult result = loaded.language().forward(loaded.pick(part), plan);
            for (int i = 0; i < part.size(); i++) {
                for (int layer = 0; layer < points.size(); layer++) {
                    files.get(layer).put(firstRows[part.get(i)], result.activation(i, points.get(layer)));
                }
            }
        }
    }
}
