package org.demur.bench;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.FeatureSlice;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.Generation;
import org.demur.engine.GenerationPlan;
import org.demur.engine.LanguageModel;
import org.demur.engine.TokenSequence;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * A sweep over coefficients of one edit at the middle block: all rows of all coefficients in one call of the engine,
 * beside one call for each coefficient. Only the calling thread calls; all native threads are its own.
 */
@Command(name = "sweep", description = "Runs one edit with several coefficients, in one call and in one call each.")
final class SweepBenchmark implements Runnable {
    private static final float THRESHOLD = 20;
    private static final String TOGETHER = " together";
    private static final String APART = " apart";

    @Mixin
    private RunOptions options;

    @Option(names = "--count", defaultValue = "64", description = "Prompts (${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--coefficients", defaultValue = "8", description = "Coefficients (${DEFAULT-VALUE}).")
    private int coefficients;

    @Option(names = "--features", defaultValue = "20", description = "Edited features (${DEFAULT-VALUE}).")
    private int features;

    @Option(names = "--new", defaultValue = "16", description = "New tokens of each row (${DEFAULT-VALUE}).")
    private int newTokens;

    @Option(names = "--batch", defaultValue = "64", description = "Rows that decode together (${DEFAULT-VALUE}).")
    private int batch;

    @Override
    public void run() {
        try (LoadedModel loaded = LoadedModel.load(options, options.threads(), count)) {
            LanguageModel language = loaded.language();
            Map<String, Function<List<TokenSequence>, int[][]>> forms = new LinkedHashMap<>();
            forms.put("generate", rows -> answers(language, rows));
            forms.put("forward", rows -> nextTokens(language, rows));
            List<List<TokenSequence>> cells = cells(loaded);
            List<TokenSequence> all = cells.stream().flatMap(List::stream).toList();
            Map<String, int[][]> outcomes = new HashMap<>();
            Map<String, Runnable> works = new LinkedHashMap<>();
            forms.forEach((form, engine) -> {
                works.put(form + TOGETHER, () -> outcomes.put(form + TOGETHER, engine.apply(all)));
                works.put(form + APART, () -> outcomes.put(form + APART, apart(engine, cells)));
            });
            Map<String, Timings> timings = options.rounds().time(works);
            Map<String, Object> results = new LinkedHashMap<>();
            StringBuilder line = new StringBuilder(head(loaded, all.size()));
            for (String form : forms.keySet()) {
                long tokens = form.equals("generate") ? (long) all.size() * newTokens : loaded.tokens() * coefficients;
                int differing = SteerBenchmark.changedRows(outcomes.get(form + TOGETHER), outcomes.get(form + APART));
                results.put(form, result(timings.get(form + TOGETHER), timings.get(form + APART), tokens, differing));
                line.append(text(form, timings, tokens, differing));
            }
            Report.of("sweep", options, loaded)
                    .with("prompts", loaded.prompts().size())
                    .with("coefficients", coefficients)
                    .with("rows", all.size())
                    .with("prompt_tokens", loaded.tokens())
                    .with("new_tokens", newTokens)
                    .with("batch", batch)
                    .with("results", results)
                    .print(options.out(), line.substring(0, line.length() - 1));
        }
    }

    /** The prompts under each coefficient; the cells share the feature's columns and differ in the coefficient alone. */
    private List<List<TokenSequence>> cells(LoadedModel loaded) {
        int layer = loaded.depth() / 2;
        FeatureSlice slice = new RandomFeatures(loaded.width(), THRESHOLD).slice(layer, features);
        return IntStream.range(0, coefficients)
                .<List<TokenSequence>>mapToObj(c -> {
                    FeatureRule rule = new FeatureRule.Clamp(c - coefficients / 2f);
                    Edit edit = new Edit.EditFeatures(slice.at(), slice, rule);
                    return loaded.prompts().stream()
                            .map(prompt -> new TokenSequence(prompt.tokenIds(), List.of(edit)))
                            .toList();
                })
                .toList();
    }

    private int[][] answers(LanguageModel language, List<TokenSequence> rows) {
        return language.generate(rows, new GenerationPlan(newTokens, Set.of(), batch)).stream()
                .map(Generation::tokenIds)
                .toArray(int[][]::new);
    }

    private static int[][] nextTokens(LanguageModel language, List<TokenSequence> rows) {
        ForwardResult result = language.forward(rows, ForwardPlan.nothing().withLastLogits());
        return IntStream.range(0, rows.size())
                .mapToObj(row -> new int[] {largest(result.lastLogits(row))})
                .toArray(int[][]::new);
    }

    private static int largest(float[] logits_V) {
        int largest = 0;
        for (int v = 1; v < logits_V.length; v++) {
            largest = logits_V[v] > logits_V[largest] ? v : largest;
        }
        return largest;
    }

    private static int[][] apart(Function<List<TokenSequence>, int[][]> engine, List<List<TokenSequence>> cells) {
        return cells.stream().map(engine).flatMap(Arrays::stream).toArray(int[][]::new);
    }

    private static Map<String, Object> result(Timings together, Timings apart, long tokens, int differing) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("together", together.figures(tokens));
        result.put("apart", apart.figures(tokens));
        result.put("ratio_of_medians", speedup(together, apart));
        result.put("differing_rows", differing);
        return result;
    }

    private static double speedup(Timings together, Timings apart) {
        return apart.wall_s().median() / together.wall_s().median();
    }

    private String head(LoadedModel loaded, int rows) {
        return String.format(Locale.ROOT, "sweep: %s, %d coefficients, %d rows:", loaded.name(), coefficients, rows);
    }

    private static String text(String form, Map<String, Timings> timings, long tokens, int differing) {
        Timings together = timings.get(form + TOGETHER);
        Timings apart = timings.get(form + APART);
        return String.format(
                Locale.ROOT,
                " %s together %s, apart %s tokens/s, ratio %.3f, %d rows differ;",
                form,
                Report.text(together.rate(tokens)),
                Report.text(apart.rate(tokens)),
                speedup(together, apart),
                differing);
    }
}
