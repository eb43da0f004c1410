package org.demur.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.demur.attribution.PublishedPath;
import org.demur.cells.SelectedDirection;
import org.demur.cells.StudyPrompt;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.ModelSpec;
import org.demur.engine.NativeProduct;
import org.demur.engine.TokenSequence;
import org.demur.runtime.NativeSettings;
import org.demur.sae.WorkCrew;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Linear integrated gradients along the published path with a random JumpReLU dictionary at every layer: scores of every
 * feature at every token, and the same at the tokens after those that all prompts begin with. Tasks share the prompts.
 * Dictionaries are read from a folder one after another, as a task of the stage does. Memory is anonymous resident memory
 * beyond a heap that is resident from the start.
 */
@Command(name = "attribute", description = "Times attributions at all layers.")
final class AttributeBenchmark implements Runnable {
    private static final double MIB = 1 << 20;

    @Mixin
    private RunOptions options;

    @Mixin
    private TaskOptions sharing;

    @Option(names = "--count", defaultValue = "8", description = "Prompts (${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--features", defaultValue = "4608", description = "Features a dictionary (${DEFAULT-VALUE}).")
    private int features;

    @Option(names = "--steps", defaultValue = "10", description = "Gradients along the path (${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--candidates", defaultValue = "10", description = "Candidates a layer (${DEFAULT-VALUE}).")
    private int candidates;

    @Option(
            names = "--batch-tokens",
            defaultValue = "64",
            description = "Tokens of a pass of each task (${DEFAULT-VALUE}).")
    private int batchTokens;

    @Override
    public void run() {
        NativeSettings.apply(sharing.nativeThreads(options));
        new NativeProduct(64, 64).close();
        long before_bytes = MemoryPeak.anonymous_bytes();
        Path folder = temporary();
        try (LoadedModel loaded = LoadedModel.load(options, sharing.nativeThreads(options), count);
                WorkCrew crew = sharing.crew()) {
            long loaded_bytes = MemoryPeak.anonymous_bytes();
            writeDictionaries(loaded, folder);
            List<StudyPrompt> prompts = prompts(loaded);
            Map<PublishedPath.Scope, double[]> sums = new EnumMap<>(PublishedPath.Scope.class);
            Map<String, Runnable> works = new LinkedHashMap<>();
            for (PublishedPath.Scope scope : PublishedPath.Scope.values()) {
                PublishedPath path = path(loaded, folder, scope);
                works.put(name(scope), () -> sums.put(scope, score(loaded, prompts, path, crew)));
            }
            try (MemoryPeak peak = new MemoryPeak()) {
                Map<String, Timings> timings = options.rounds().time(works);
                Memory memory = new Memory(loaded_bytes - before_bytes, peak.bytes() - before_bytes);
                report(loaded, timings, sums, memory);
            }
        } finally {
            delete(folder);
        }
    }

    private record Memory(long model, long peak) {}

    private static String name(PublishedPath.Scope scope) {
        return scope.name().toLowerCase(Locale.ROOT);
    }

    /** Summed absolute scores of all features and of the candidates. */
    private static double[] score(LoadedModel loaded, List<StudyPrompt> prompts, PublishedPath path, WorkCrew crew) {
        List<List<Integer>> parts = loaded.parts(crew.threads());
        double[][] found = new double[prompts.size()][];
        crew.run(parts.size(), (part, slot) -> {
            List<Integer> numbers = parts.get(part);
            Map<String, double[]> sums = path.of(
                    loaded.language(), numbers.stream().map(prompts::get).toList());
            numbers.forEach(i -> found[i] = sums.get(prompts.get(i).promptId()));
        });
        double[] sums = new double[2];
        for (double[] ofPrompt : found) {
            sums[0] += ofPrompt[0];
            sums[1] += ofPrompt[1];
        }
        return sums;
    }

    private void report(
            LoadedModel loaded, Map<String, Timings> timings, Map<PublishedPath.Scope, double[]> sums, Memory memory) {
        int prompts = loaded.prompts().size();
        // 0 where the process held the model already, so that nothing was loaded to compare with.
        double ratio = memory.model > 0 ? (double) memory.peak / memory.model : 0;
        Map<String, Object> results = new LinkedHashMap<>();
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "attribute: %s, %d prompts, %d steps, %d features a layer:",
                loaded.name(),
                prompts,
                steps,
                features));
        timings.forEach((scope, taken) -> results.put(scope, result(scope, taken, loaded, line)));
        line.append(String.format(
                Locale.ROOT,
                " model %.0f MiB, peak %.0f MiB, ratio %.2f",
                memory.model / MIB,
                memory.peak / MIB,
                ratio));
        double[] all = sums.get(PublishedPath.Scope.EVERY_TOKEN);
        Report.of("attribute", options, loaded)
                .with("prompts", prompts)
                .with("tokens", loaded.tokens())
                .with("features", features)
                .with("steps", steps)
                .with("results", results)
                .with("model_mib", memory.model / MIB)
                .with("peak_mib", memory.peak / MIB)
                .with("peak_over_model", ratio)
                .with("summed_scores", all[0])
                .with("summed_candidates", all[1])
                .with("summed_candidates_counted", sums.get(PublishedPath.Scope.COUNTED_TOKENS)[1])
                .print(options.out(), line.toString());
    }

    /** The figures of a scope; appends them to the line for people. */
    private static Map<String, Object> result(String scope, Timings taken, LoadedModel loaded, StringBuilder line) {
        int prompts = loaded.prompts().size();
        Spread perPrompt = Spread.of(
                taken.runs().stream().mapToDouble(run -> run.wall_s() / prompts).toArray());
        line.append(String.format(
                Locale.ROOT,
                " %s %.3f (%.3f to %.3f) s a prompt,",
                scope,
                perPrompt.median(),
                perPrompt.min(),
                perPrompt.max()));
        Map<String, Object> result = new LinkedHashMap<>(taken.figures(loaded.tokens()));
        result.put("seconds_per_prompt", perPrompt);
        result.put("cpu_seconds_per_prompt", taken.processor_s().median() / prompts);
        return result;
    }

    private PublishedPath path(LoadedModel loaded, Path folder, PublishedPath.Scope scope) {
        RandomFeatures random = new RandomFeatures(loaded.width(), 0);
        SelectedDirection direction = new SelectedDirection(
                loaded.depth() / 2,
                -1,
                random.unit(new SplittableRandom(7)),
                loaded.depth(),
                List.of("resid_post"),
                new int[] {loaded.prompts().get(0).tokenIds()[0]});
        int longest = loaded.prompts().stream()
                .mapToInt(prompt -> prompt.tokenIds().length)
                .max()
                .orElseThrow();
        ModelSpec spec = new ModelSpec(options.model(), "", sharing.nativeThreads(options));
        return new PublishedPath(
                spec,
                folder,
                direction,
                new PublishedPath.Sizes(candidates, steps, longest, Set.of("content"), batchTokens),
                scope);
    }

    private static List<StudyPrompt> prompts(LoadedModel loaded) {
        int[] first = loaded.prompts().get(0).tokenIds();
        int alike = loaded.prompts().stream()
                .mapToInt(prompt -> Arrays.mismatch(first, prompt.tokenIds()))
                .filter(mismatch -> mismatch >= 0)
                .min()
                .orElse(0);
        return IntStream.range(0, loaded.prompts().size())
                .mapToObj(i -> prompt(i, loaded.prompts().get(i).tokenIds(), alike))
                .toList();
    }

    private static StudyPrompt prompt(int number, int[] ids, int alike) {
        String[] classes = new String[ids.length];
        Arrays.fill(classes, 0, alike, "system");
        Arrays.fill(classes, alike, ids.length, "content");
        return new StudyPrompt("bench", "p" + number, "harmful", ids, classes);
    }

    /** A dictionary a layer; three in a hundred features are active, as in the comparison. */
    private void writeDictionaries(LoadedModel loaded, Path folder) {
        Set<HookPoint> points = new HashSet<>();
        IntStream.range(0, loaded.depth()).forEach(layer -> points.add(HookPoint.residPost(layer)));
        List<TokenSequence> some =
                loaded.prompts().subList(0, Math.min(2, loaded.prompts().size()));
        ForwardResult clean = loaded.language().forward(some, ForwardPlan.capture(points));
        for (int layer = 0; layer < loaded.depth(); layer++) {
            try {
                Path ofLayer = Files.createDirectory(folder.resolve("layer=" + layer));
                new JumpReluDictionary(loaded.width(), features)
                        .make(HookPoint.residPost(layer), clean.activation(0, HookPoint.residPost(layer)))
                        .write(ofLayer, Map.of("made", "at random"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("demur-attribute");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path :
                    new ArrayList<>(files.sorted(Comparator.reverseOrder()).toList())) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
