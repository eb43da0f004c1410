package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.demur.SharedData;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.model.BlockLayout;
import org.demur.model.ModelBundle;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logits, residual stream, gradients and greedy tokens against the reference implementation, on tiny models. */
@Tag("shared")
class LanguageModelGoldenTest {
    private static final double TOLERANCE = 1e-4;
    private static final int HELD = 2;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama_tied",
                "llama_untied_sharded",
                "llama_bf16",
                "llama31_rope",
                "mistral_sliding",
                "qwen2",
                "qwen3",
                "gemma2",
                "gemma3_text",
                "gemma3_text_linear_rope",
                "phi3",
                "gpt_neox"
            })
    void matchesSafetensorsModels(String name) {
        Path folder = SharedData.path("goldens", "models", name);
        compare(folder, folder.resolve("golden.safetensors"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-llama-q8_0", "tiny-llama-mixed-tied", "tiny-gemma3-q8_0"})
    void matchesGgufModels(String name) {
        compare(
                SharedData.path("goldens", "gguf", name + ".gguf"),
                SharedData.path("goldens", "gguf", name + ".golden.safetensors"));
    }

    /** bf16 storage holds bf16 files exactly, so it must meet the fp32 tolerance too. */
    @Test
    void matchesWhenBf16WeightsAreKeptAsTheyAre() {
        Path folder = SharedData.path("goldens", "models", "llama_bf16");
        compare(folder, folder.resolve("golden.safetensors"), Placement.cpu(Placement.Weights.BF16));
    }

    private static void compare(Path modelPath, Path goldenPath) {
        compare(modelPath, goldenPath, Placement.cpu());
    }

    private static void compare(Path modelPath, Path goldenPath, Placement placement) {
        try (ModelBundle bundle = ModelBundle.open(modelPath);
                LanguageModel model = LanguageModel.load(bundle, placement, MemoryBudget.STANDARD);
                Golden golden = new Golden(goldenPath)) {
            Rows rows = Rows.of(golden);
            compareStream(model, golden, rows);
            compareGradients(model, golden, rows);
            compareGreedy(model, golden, rows);
        }
    }

    private static void compareStream(LanguageModel model, Golden golden, Rows rows) {
        List<HookPoint> points =
                HookPoint.everywhere(Set.of(Site.values()), model.config().nLayers());
        ForwardResult result = model.forward(
                rows.sequences(), ForwardPlan.capture(new TreeSet<>(points)).withLastLogits());
        int compared = 0;
        for (HookPoint point : points) {
            String name = point.site().sqlName() + "." + point.layer();
            if (!golden.has(name)) {
                continue;
            }
            compared++;
            float[] expected = golden.floats(name);
            for (int b = 0; b < rows.count(); b++) {
                assertThat(Golden.relativeError(result.activation(b, point), rows.real(expected, b)))
                        .as("%s, row %d", point, b)
                        .isLessThan(TOLERANCE);
            }
        }
        // A parallel block has no point between its halves.
        assertThat(compared)
                .isEqualTo((model.config().layout() == BlockLayout.PARALLEL ? 4 : 5)
                        * model.config().nLayers());
        float[] logits = golden.floats("logits");
        for (int b = 0; b < rows.count(); b++) {
            assertThat(Golden.relativeError(result.lastLogits(b), rows.last(logits, b)))
                    .as("logits, row %d", b)
                    .isLessThan(TOLERANCE);
            float[] stream = result.activation(b, points.get(points.size() - 1));
            float[][] everywhere = model.logitLens(stream);
            float[] expected = rows.real(logits, b);
            int vocabulary = expected.length / everywhere.length;
            for (int t = 0; t < everywhere.length; t++) {
                assertThat(Golden.relativeError(
                                everywhere[t], Arrays.copyOfRange(expected, t * vocabulary, (t + 1) * vocabulary)))
                        .as("logits, row %d, token %d", b, t)
                        .isLessThan(TOLERANCE);
            }
        }
    }

    private static void compareGradients(LanguageModel model, Golden golden, Rows rows) {
        int[] plus = golden.ints("target_a");
        int[] minus = golden.ints("target_b");
        List<GradientPlan.LogitDifference> metrics = new ArrayList<>();
        for (int b = 0; b < rows.count(); b++) {
            metrics.add(new GradientPlan.LogitDifference(plus[b], minus[b]));
        }
        Set<HookPoint> points = new TreeSet<>();
        for (HookPoint point :
                HookPoint.everywhere(Set.of(Site.values()), model.config().nLayers())) {
            if (golden.has("grad_" + point.site().sqlName() + "." + point.layer())) {
                points.add(point);
            }
        }
        assertThat(points).hasSizeGreaterThanOrEqualTo(model.config().nLayers());
        GradientPlan plan = GradientPlan.of(points, metrics);
        GradientResult result = model.gradients(rows.sequences(), plan);
        GradientResult held = model.gradients(rows.sequences(), plan.after(beginning(rows.sequences())));
        for (HookPoint point : points) {
            float[] expected = golden.floats("grad_" + point.site().sqlName() + "." + point.layer());
            for (int b = 0; b < rows.count(); b++) {
                assertThat(Golden.relativeError(result.gradient(b, point), rows.real(expected, b)))
                        .as("gradient at %s, row %d", point, b)
                        .isLessThan(TOLERANCE);
                float[] all = result.gradient(b, point);
                float[] after = Arrays.copyOfRange(all, HELD * model.config().dModel(), all.length);
                assertThat(Golden.relativeError(held.gradient(b, point), after))
                        .as("gradient after held tokens at %s, row %d", point, b)
                        .isLessThan(TOLERANCE);
            }
        }
    }

    /** The first tokens of every row, each a family of its own. */
    private static GradientPlan.Beginning beginning(List<TokenSequence> rows) {
        List<TokenSequence> families = rows.stream()
                .map(row -> TokenSequence.plain(Arrays.copyOf(row.tokenIds(), HELD)))
                .toList();
        return new GradientPlan.Beginning(
                families, List.of(), IntStream.range(0, rows.size()).toArray());
    }

    private static void compareGreedy(LanguageModel model, Golden golden, Rows rows) {
        int[] expected = golden.ints("greedy");
        int steps = (int) golden.shape("greedy")[1];
        List<Generation> generations =
                model.generate(rows.sequences(), new GenerationPlan(steps, Set.of(), rows.count()));
        for (int b = 0; b < rows.count(); b++) {
            assertThat(generations.get(b).tokenIds())
                    .as("greedy tokens, row %d", b)
                    .isEqualTo(Arrays.copyOfRange(expected, b * steps, (b + 1) * steps));
        }
    }

    /** The left-padded rows of a golden file. */
    private record Rows(List<TokenSequence> sequences, int padded) {
        static Rows of(Golden golden) {
            int[] ids = golden.ints("input_ids");
            int[] mask = golden.ints("attention_mask");
            int padded = (int) golden.shape("input_ids")[1];
            List<TokenSequence> sequences = new ArrayList<>();
            for (int b = 0; b < golden.shape("input_ids")[0]; b++) {
                int length = Arrays.stream(mask, b * padded, (b + 1) * padded).sum();
                sequences.add(
                        TokenSequence.plain(Arrays.copyOfRange(ids, (b + 1) * padded - length, (b + 1) * padded)));
            }
            return new Rows(sequences, padded);
        }

        int count() {
            return sequences.size();
        }

        float[] real(float[] values_BTD, int b) {
            int width = values_BTD.length / (count() * padded);
            int length = sequences.get(b).length();
            return Arrays.copyOfRange(values_BTD, ((b + 1) * padded - length) * width, (b + 1) * padded * width);
        }

        float[] last(float[] values_BTV, int b) {
            int width = values_BTV.length / (count() * padded);
            return Arrays.copyOfRange(values_BTV, ((b + 1) * padded - 1) * width, (b + 1) * padded * width);
        }
    }
}
