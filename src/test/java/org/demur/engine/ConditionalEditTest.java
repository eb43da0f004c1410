package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.demur.edit.Condition;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.sae.Activation;
import org.demur.sae.Sae;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Edits that wait for a condition, and edits that ask for the unedited run. */
class ConditionalEditTest {
    private static final HookPoint WATCHED = HookPoint.residPost(1);
    private static final HookPoint EDITED = HookPoint.residPost(3);
    private static final double CLOSE = 2e-5;
    private static final int NEW_TOKENS = 8;
    private static EmbeddedModel embedded;
    private static LanguageModel model;
    private static List<TokenSequence> prompts;
    private static ForwardResult plain;
    private static Sae sae;

    @BeforeAll
    static void load() {
        embedded = EmbeddedModel.load();
        model = embedded.model();
        prompts = embedded.prompts(12, 20, 14, 31, 20, 17, 26);
        plain = model.forward(prompts, ForwardPlan.capture(new TreeSet<>(Set.of(WATCHED, EDITED))));
        double scale = ReferenceEdit.scale(plain.activation(0, EDITED));
        sae = ReferenceEdit.random(EDITED, new Activation.Relu(), embedded.d(), scale);
    }

    @AfterAll
    static void close() {
        embedded.close();
    }

    private static List<TokenSequence> with(List<Edit> edits) {
        return prompts.stream()
                .map(prompt -> new TokenSequence(prompt.tokenIds(), edits))
                .toList();
    }

    private static double dot(float[] x_TD, int t, float[] y_D) {
        double sum = 0;
        for (int i = 0; i < y_D.length; i++) {
            sum += x_TD[t * y_D.length + i] * (double) y_D[i];
        }
        return sum;
    }

    @Test
    void anEditWaitsForWhatAnEarlierPointShows() {
        float[] unit = embedded.unit(4);
        float[] vector = embedded.unit(5);
        List<Double> seen = new ArrayList<>();
        for (int t = 0; t < prompts.get(0).length(); t++) {
            seen.add(dot(plain.activation(0, WATCHED), t, unit));
        }
        float median = (float) seen.stream().mapToDouble(v -> v).sorted().toArray()[seen.size() / 2];
        Condition condition = new Condition.ProjectionAbove(WATCHED, unit, median);
        Edit edit = new Edit.When(condition, new Edit.AddDirection(EDITED, vector, 30));
        ForwardResult edited = model.forward(with(List.of(edit)), ForwardPlan.capture(Set.of(EDITED)));
        int held = 0;
        for (int i = 0; i < prompts.size(); i++) {
            float[] expected = plain.activation(i, EDITED).clone();
            for (int t = 0; t < prompts.get(i).length(); t++) {
                boolean holds = dot(plain.activation(i, WATCHED), t, unit) > median;
                held += holds && i == 0 ? 1 : 0;
                for (int c = 0; c < vector.length && holds; c++) {
                    expected[t * vector.length + c] += 30 * vector[c];
                }
            }
            assertThat(Golden.relativeError(edited.activation(i, EDITED), expected))
                    .isLessThan(CLOSE);
        }
        assertThat(held).isEqualTo(seen.size() - seen.size() / 2 - 1);
    }

    @Test
    void aFeatureMayBeTheCondition() {
        FeatureSlice watched = sae.slice(new int[] {7});
        FeatureSlice edited = sae.slice(new int[] {9, 30});
        Edit edit = new Edit.When(
                new Condition.FeatureAbove(watched, 0),
                new Edit.EditFeatures(EDITED, edited, new FeatureRule.Scale(-1)));
        ForwardResult result = model.forward(with(List.of(edit)), ForwardPlan.capture(Set.of(EDITED)));
        int d = embedded.d();
        int active = 0;
        for (int i = 0; i < prompts.size(); i++) {
            float[] x_TD = plain.activation(i, EDITED);
            float[] expected = ReferenceEdit.of(sae, x_TD, new int[] {9, 30}, f -> -f);
            for (int t = 0; t < prompts.get(i).length(); t++) {
                boolean fires = dot(x_TD, t, watched.w_enc_MD()) + watched.b_enc_M()[0] > 0;
                active += fires ? 1 : 0;
                if (!fires) {
                    System.arraycopy(x_TD, t * d, expected, t * d, d);
                }
            }
            assertThat(Golden.relativeError(result.activation(i, EDITED), expected))
                    .isLessThan(CLOSE);
        }
        assertThat(active).isBetween(5, 120);
    }

    @Test
    void aConditionCannotLieBehindItsEdit() {
        Condition late = new Condition.ProjectionAbove(EDITED, embedded.unit(1), 0);
        assertThatThrownBy(() -> new Edit.When(late, new Edit.AddDirection(WATCHED, embedded.unit(2), 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot wait for a condition at");
        assertThatThrownBy(() -> new Edit.When(late, new Edit.Interpolate(EDITED, new float[4], 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be made conditional");
    }

    /** An addition at an early layer, and features of a later layer held at what they are without it. */
    private static List<Edit> held(int[] features) {
        return List.of(
                new Edit.AddDirection(WATCHED, embedded.unit(6), 25),
                new Edit.EditFeatures(EDITED, sae.slice(features), new FeatureRule.Unedited()));
    }

    @Test
    void heldFeaturesHaveTheirUneditedValuesAtEveryTokenOfAPrompt() {
        int[] features = {9, 30, 77, 130};
        List<TokenSequence> rows = new ArrayList<>(with(held(features)));
        rows.addAll(with(held(features).subList(0, 1)));
        ForwardResult result = model.forward(
                rows, ForwardPlan.capture(Set.of(EDITED)).withLastLogits().withTokenNll());
        int d = embedded.d();
        for (int i = 0; i < prompts.size(); i++) {
            float[] moved_TD = result.activation(prompts.size() + i, EDITED);
            float[] expected = new float[moved_TD.length];
            for (int t = 0; t < prompts.get(i).length(); t++) {
                float[] clean = Arrays.copyOfRange(plain.activation(i, EDITED), t * d, (t + 1) * d);
                System.arraycopy(sum(moved_TD, t, clean, features), 0, expected, t * d, d);
            }
            assertThat(Golden.relativeError(result.activation(i, EDITED), expected))
                    .isLessThan(CLOSE);
            assertThat(Golden.relativeError(result.activation(i, EDITED), moved_TD))
                    .isGreaterThan(0.01);
        }
    }

    /** Row t with every feature at its value in {@code clean_D}, all read from the same row. */
    private static float[] sum(float[] moved_TD, int t, float[] clean_D, int[] features) {
        int d = embedded.d();
        float[] row = Arrays.copyOfRange(moved_TD, t * d, (t + 1) * d);
        float[] result = row.clone();
        for (int feature : features) {
            double value = value(clean_D, feature);
            float[] changed = ReferenceEdit.of(sae, row, new int[] {feature}, f -> value);
            for (int c = 0; c < d; c++) {
                result[c] += changed[c] - row[c];
            }
        }
        return result;
    }

    private static double value(float[] x_D, int feature) {
        FeatureSlice slice = sae.slice(new int[] {feature});
        return Math.max(0, dot(x_D, 0, slice.w_enc_MD()) + slice.b_enc_M()[0]);
    }

    /** Greedy continuation of one prompt, everything anew for every token. */
    private static int[] continued(TokenSequence prompt, List<Edit> edits) {
        int[] ids = prompt.tokenIds();
        for (int n = 0; n < NEW_TOKENS; n++) {
            float[] logits = model.forward(
                            List.of(new TokenSequence(ids, edits)),
                            ForwardPlan.nothing().withLastLogits())
                    .lastLogits(0);
            int best = 0;
            for (int v = 1; v < logits.length; v++) {
                best = logits[v] > logits[best] ? v : best;
            }
            ids = Arrays.copyOf(ids, ids.length + 1);
            ids[ids.length - 1] = best;
        }
        return Arrays.copyOfRange(ids, prompt.length(), ids.length);
    }

    @Test
    void heldFeaturesFollowTheContinuation() {
        List<Edit> edits = held(IntStream.range(0, 200).toArray());
        List<TokenSequence> rows = new ArrayList<>(with(edits));
        rows.addAll(with(edits.subList(0, 1)));
        rows.addAll(prompts);
        int different = 0;
        for (int batch : new int[] {3, 64}) {
            List<Generation> together = model.generate(rows, new GenerationPlan(NEW_TOKENS, Set.of(), batch));
            for (int i = 0; i < rows.size(); i++) {
                assertThat(together.get(i).tokenIds())
                        .as("row %d in batches of %d", i, batch)
                        .isEqualTo(continued(rows.get(i), rows.get(i).edits()));
            }
            for (int i = 0; i < prompts.size(); i++) {
                int[] moved = together.get(prompts.size() + i).tokenIds();
                different += Arrays.equals(together.get(i).tokenIds(), moved) ? 0 : 1;
            }
        }
        assertThat(different).isPositive();
    }
}
