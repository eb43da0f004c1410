package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.demur.SharedData;
import org.demur.edit.Edit;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.model.ModelBundle;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that share work get what each alone would, whatever the attention, the norms and the layout of the blocks. */
@Tag("shared")
class SharedWorkGoldenTest {
    private static final double CLOSE = 2e-5;

    /** Longer than any of the models' sliding windows. */
    private static final int BEGINNING = 24;

    /** Rows of a prompt: one as it is, two edited. */
    private static final int VARIANTS = 3;

    private static final int NEW_TOKENS = 12;

    /** Logits closer than this share of the largest may be told apart by rounding alone. */
    private static final double TIE = 1e-3;

    @ParameterizedTest
    @ValueSource(strings = {"gpt_neox", "mistral_sliding", "gemma2", "gemma3_text", "phi3", "qwen3"})
    void rowsOfSafetensorsModelsAreThoseOfEachAlone(String name) {
        int partings = compare(SharedData.path("goldens", "models", name));
        // Variants in this tiny model differ in their first token or not at all.
        if (!name.equals("gemma2")) {
            assertThat(partings).isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = "tiny-gemma3-q8_0")
    void rowsOfGgufModelsAreThoseOfEachAlone(String name) {
        assertThat(compare(SharedData.path("goldens", "gguf", name + ".gguf"))).isPositive();
    }

    /** Counts variants that part from their prompt's own continuation after its first token. */
    private static int compare(Path path) {
        try (ModelBundle bundle = ModelBundle.open(path);
                LanguageModel model = LanguageModel.load(bundle)) {
            Comparison comparison = new Comparison(new EmbeddedModel(model));
            for (Site site : Site.values()) {
                comparison.at(new HookPoint(site, model.config().nLayers() / 2));
            }
            return comparison.partings;
        }
    }

    /** What a row alone gets. */
    private record Alone(ForwardResult forward, int[] continuation) {}

    /** Rows of one model, together and alone. */
    private static final class Comparison {
        private final EmbeddedModel with;
        private final List<TokenSequence> prompts;
        private final TreeSet<HookPoint> points;
        private final Map<TokenSequence, Alone> known = new HashMap<>();
        private int partings;

        Comparison(EmbeddedModel with) {
            this.with = with;
            this.prompts = with.prompts(BEGINNING, 29, 25, 40);
            this.points = new TreeSet<>(HookPoint.everywhere(Set.of(Site.values()), with.depth()));
            assertThat(with.model().config().layers())
                    .allSatisfy(layer -> assertThat(layer.window().orElse(0)).isLessThan(BEGINNING));
        }

        void at(HookPoint edited) {
            List<TokenSequence> rows = rows(edited);
            List<Alone> alone = rows.stream()
                    .map(row -> known.computeIfAbsent(row, this::alone))
                    .toList();
            compareForward(rows, alone, edited);
            compareContinuations(rows, alone, edited);
        }

        private List<TokenSequence> rows(HookPoint edited) {
            float[] vector = with.unit(3);
            List<TokenSequence> rows = new ArrayList<>();
            for (TokenSequence prompt : prompts) {
                rows.add(prompt);
                for (float coefficient : new float[] {-5, 12}) {
                    Edit add = new Edit.AddDirection(edited, vector, coefficient);
                    rows.add(new TokenSequence(prompt.tokenIds(), List.of(add)));
                }
            }
            var rules = new RequestPlan.Rules(1000, true, with.model().config().layout(), length -> List.of(0));
            assertThat(RequestPlan.clusters(rows, rules)).singleElement().satisfies(cluster -> {
                assertThat(cluster.shared()).isEqualTo(BEGINNING);
                assertThat(cluster.fork()).isPresent();
            });
            return rows;
        }

        private Alone alone(TokenSequence row) {
            List<Generation> continued =
                    with.model().generate(List.of(row), new GenerationPlan(NEW_TOKENS, Set.of(), 1));
            return new Alone(
                    with.model().forward(List.of(row), everything()),
                    continued.get(0).tokenIds());
        }

        private ForwardPlan everything() {
            return ForwardPlan.capture(points).withLastLogits().withTokenNll();
        }

        private void compareForward(List<TokenSequence> rows, List<Alone> alone, HookPoint edited) {
            ForwardResult together = with.model().forward(rows, everything().withMaxTokensPerBatch(40));
            for (int i = 0; i < rows.size(); i++) {
                ForwardResult expected = alone.get(i).forward();
                String row = "row " + i + " edited at " + edited;
                for (HookPoint point : points) {
                    assertClose(together.activation(i, point), expected.activation(0, point), point + ", " + row);
                }
                assertClose(together.lastLogits(i), expected.lastLogits(0), "logits, " + row);
                assertClose(together.tokenNll(i), expected.tokenNll(0), "losses, " + row);
                if (!rows.get(i).edits().isEmpty()) {
                    float[] plain = together.lastLogits(i / VARIANTS * VARIANTS);
                    assertThat(Golden.relativeError(together.lastLogits(i), plain))
                            .as("effect on the logits, %s", row)
                            .isGreaterThan(500 * CLOSE);
                }
            }
        }

        private static void assertClose(float[] actual, float[] expected, String what) {
            assertThat(Golden.relativeError(actual, expected)).as(what).isLessThan(CLOSE);
        }

        private void compareContinuations(List<TokenSequence> rows, List<Alone> alone, HookPoint edited) {
            List<Generation> together = with.model().generate(rows, new GenerationPlan(NEW_TOKENS, Set.of(), 5));
            int equal = 0;
            for (int i = 0; i < rows.size(); i++) {
                int[] actual = together.get(i).tokenIds();
                int[] expected = alone.get(i).continuation();
                int[] plain = together.get(i / VARIANTS * VARIANTS).tokenIds();
                partings += Arrays.mismatch(actual, plain) > 0 ? 1 : 0;
                int parted = Arrays.mismatch(actual, expected);
                if (parted < 0) {
                    equal++;
                } else {
                    int[] chosen = {actual[parted], expected[parted]};
                    assertThat(gap(rows.get(i), Arrays.copyOf(expected, parted), chosen))
                            .as("token %d of row %d edited at %s", parted, i, edited)
                            .isLessThan(TIE);
                }
            }
            assertThat(equal).as("equal continuations").isGreaterThanOrEqualTo(rows.size() - 1);
        }

        /** How far apart the logits of two tokens are after a continuation, over the largest. */
        private double gap(TokenSequence row, int[] continued, int[] chosen) {
            int[] ids = Arrays.copyOf(row.tokenIds(), row.length() + continued.length);
            System.arraycopy(continued, 0, ids, row.length(), continued.length);
            float[] logits = with.model()
                    .forward(
                            List.of(new TokenSequence(ids, row.edits())),
                            ForwardPlan.nothing().withLastLogits())
                    .lastLogits(0);
            double scale = 0;
            for (float logit : logits) {
                scale = Math.max(scale, Math.abs(logit));
            }
            return Math.abs(logits[chosen[0]] - (double) logits[chosen[1]]) / scale;
        }
    }
}
