package org.demur.bench;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.sae.WorkCrew;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What interventions cost while decoding: none, a direction removed after every block, and features of the middle third
 * of the blocks clamped.
 */
@Command(name = "steer", description = "Answers prompts greedily, without and with interventions.")
final class SteerBenchmark implements Runnable {
    private static final float THRESHOLD = 20;

    @Mixin
    private RunOptions options;

    @Mixin
    private TaskOptions tasks;

    @Option(names = "--count", defaultValue = "64", description = "Prompts (${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--new", defaultValue = "32", description = "New tokens of each (${DEFAULT-VALUE}).")
    private int newTokens;

    @Option(names = "--batch", defaultValue = "32", description = "Rows that decode together (${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--features", defaultValue = "20", description = "Clamped features (${DEFAULT-VALUE}).")
    private int features;

    @Option(names = "--value", defaultValue = "3.0", description = "What they are clamped to (${DEFAULT-VALUE}).")
    private float value;

    @Override
    public void run() {
        try (LoadedModel loaded = LoadedModel.load(options, tasks.nativeThreads(options), count);
                WorkCrew crew = tasks.crew()) {
            Decoding decoding = new Decoding(loaded, batch, crew);
            Map<String, int[][]> answers = new HashMap<>();
            Map<String, Runnable> works = new LinkedHashMap<>();
            modes(loaded)
                    .forEach((mode, edits) ->
                            works.put(mode, () -> answers.put(mode, decoding.answers(edits, newTokens))));
            Map<String, Timings> timings = options.rounds().time(works);
            report(loaded, timings, changedRows(answers.get("plain"), answers.get("features")));
        }
    }

    private Map<String, List<Edit>> modes(LoadedModel loaded) {
        int depth = loaded.depth();
        RandomFeatures random = new RandomFeatures(loaded.width(), THRESHOLD);
        List<Integer> layers =
                IntStream.rangeClosed(depth / 3, 2 * depth / 3).boxed().toList();
        float[] unit = random.unit(new SplittableRandom(depth));
        Map<String, List<Edit>> modes = new LinkedHashMap<>();
        modes.put("plain", List.of());
        modes.put(
                "direction",
                List.of(new Edit.AblateDirection(HookPoint.everywhere(Set.of(Site.RESID_POST), depth), unit)));
        modes.put(
                "features",
                random.dealt(features, layers).stream()
                        .<Edit>map(slice -> new Edit.EditFeatures(slice.at(), slice, new FeatureRule.Clamp(value)))
                        .toList());
        return modes;
    }

    static int changedRows(int[][] some, int[][] others) {
        return (int) IntStream.range(0, some.length)
                .filter(row -> !Arrays.equals(some[row], others[row]))
                .count();
    }

    private void report(LoadedModel loaded, Map<String, Timings> timings, int changed) {
        int rows = loaded.prompts().size();
        Map<String, Object> results = new LinkedHashMap<>();
        Map<String, Object> ratios = new LinkedHashMap<>();
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "steer: %s, %d prompts, %d new tokens each, batch %d, new tokens/s:",
                loaded.name(),
                rows,
                newTokens,
                batch));
        timings.forEach((mode, timing) -> {
            results.put(mode, timing.figures((long) rows * newTokens));
            Spread ratio = timing.speedAgainst(timings.get("plain"));
            ratios.put(mode, ratio);
            line.append(String.format(
                    Locale.ROOT,
                    " %s %s, %.3f of plain;",
                    mode,
                    Report.text(timing.rate((double) rows * newTokens)),
                    ratio.median()));
        });
        Report.of("steer", options, loaded)
                .with("tasks", tasks.tasks())
                .with("prompts", rows)
                .with("prompt_tokens", loaded.tokens())
                .with("new_tokens", newTokens)
                .with("batch", batch)
                .with("features", features)
                .with("results", results)
                .with("ratio_to_plain", ratios)
                .with("rows_changed_by_features", changed)
                .print(options.out(), line.substring(0, line.length() - 1));
    }
}
