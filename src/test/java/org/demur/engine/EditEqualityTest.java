package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.sae.Activation;
import org.demur.sae.Sae;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Low-rank edits give what encoding, editing, decoding and adding the error give, whatever the dictionary's activation. */
class EditEqualityTest {
    private static final HookPoint AT = HookPoint.residPost(2);
    private static final double CLOSE = 1e-5;
    private static final int[] FEATURES = {3, 17, 40, 41, 90, 120, 200, 255};
    private static EmbeddedModel embedded;
    private static List<TokenSequence> prompts;
    private static ForwardResult plain;
    private static double scale;

    @BeforeAll
    static void load() {
        embedded = EmbeddedModel.load();
        prompts = embedded.prompts(12, 20, 14, 31, 20);
        plain = embedded.model().forward(prompts, ForwardPlan.capture(Set.of(AT)));
        scale = ReferenceEdit.scale(plain.activation(0, AT));
    }

    @AfterAll
    static void close() {
        embedded.close();
    }

    static Stream<Activation> activations() {
        return Stream.of(
                new Activation.Relu(),
                new Activation.Threshold(ReferenceEdit.constant(256, 0.7f)),
                new Activation.TopK(24, Activation.Sign.RECTIFIED, 1),
                new Activation.TopK(200, Activation.Sign.KEPT, 1),
                new Activation.GroupMax(32, 1),
                ReferenceEdit.gated(256));
    }

    private static List<FeatureRule> rules() {
        return List.of(
                new FeatureRule.Scale(0),
                new FeatureRule.Scale(-3),
                new FeatureRule.Clamp(1.5f),
                new FeatureRule.ClampActive(1.5f),
                new FeatureRule.Cap(0.5f));
    }

    @ParameterizedTest
    @MethodSource("activations")
    void everyRuleEqualsTheLongWay(Activation activation) {
        Sae sae = ReferenceEdit.random(AT, activation, embedded.d(), scale);
        FeatureSlice slice = sae.exactSlice(FEATURES);
        for (FeatureRule rule : rules()) {
            ForwardResult edited = edited(slice, rule);
            double effect = 0;
            for (int i = 0; i < prompts.size(); i++) {
                float[] x_TD = plain.activation(i, AT);
                float[] expected = ReferenceEdit.of(sae, x_TD, FEATURES, ReferenceEdit.of(rule));
                effect = Math.max(effect, Golden.relativeError(expected, x_TD));
                assertThat(Golden.relativeError(edited.activation(i, AT), expected))
                        .as("%s of %s", rule, activation.label())
                        .isLessThan(CLOSE);
            }
            assertThat(effect).as("effect of %s", rule).isGreaterThan(0.01);
        }
    }

    @Test
    void theThresholdFormOfARankingDictionaryDiffersWhereRivalsDecide() {
        Sae sae =
                ReferenceEdit.random(AT, new Activation.TopK(24, Activation.Sign.RECTIFIED, 1.2f), embedded.d(), scale);
        int[] all = IntStream.range(0, sae.F()).toArray();
        ForwardResult exact = edited(sae.exactSlice(all), new FeatureRule.Scale(0));
        ForwardResult threshold = edited(sae.slice(all), new FeatureRule.Scale(0));
        double difference = 0;
        for (int i = 0; i < prompts.size(); i++) {
            float[] x_TD = plain.activation(i, AT);
            float[] expected = ReferenceEdit.of(sae, x_TD, all, f -> 0);
            assertThat(Golden.relativeError(exact.activation(i, AT), expected)).isLessThan(CLOSE);
            difference = Math.max(difference, Golden.relativeError(threshold.activation(i, AT), expected));
        }
        assertThat(difference).isBetween(0.05, 2.0);
    }

    @Test
    void editsOfOnePointReadTheSameStreamAndAddUp() {
        Sae sae = ReferenceEdit.random(AT, new Activation.Relu(), embedded.d(), scale);
        int[] left = Arrays.copyOf(FEATURES, 4);
        int[] right = Arrays.copyOfRange(FEATURES, 4, 8);
        FeatureRule scaled = new FeatureRule.Scale(-2);
        FeatureRule clamped = new FeatureRule.Clamp(3);
        ForwardResult both = forward(List.of(
                new Edit.EditFeatures(AT, sae.slice(left), scaled),
                new Edit.EditFeatures(AT, sae.slice(right), clamped)));
        ForwardResult together = edited(sae.slice(FEATURES), scaled);
        for (int i = 0; i < prompts.size(); i++) {
            float[] x_TD = plain.activation(i, AT);
            float[] first = ReferenceEdit.of(sae, x_TD, left, ReferenceEdit.of(scaled));
            float[] second = ReferenceEdit.of(sae, x_TD, right, ReferenceEdit.of(clamped));
            float[] sum = new float[x_TD.length];
            for (int j = 0; j < sum.length; j++) {
                sum[j] = first[j] + second[j] - x_TD[j];
            }
            assertThat(Golden.relativeError(both.activation(i, AT), sum)).isLessThan(CLOSE);
            assertThat(Golden.relativeError(together.activation(i, AT), sum)).isGreaterThan(0.01);
        }
    }

    @Test
    void valuesOfFeaturesAndOfTokensAreTheirOwn() {
        Sae sae = ReferenceEdit.random(AT, new Activation.Relu(), embedded.d(), scale);
        int[] one = {17};
        FeatureSlice slice = sae.slice(one);
        float[] value_T = {Float.NaN, 2, 0, Float.NaN, -1};
        ForwardResult each = edited(slice, new FeatureRule.Each(new float[] {0.25f}));
        ForwardResult atTokens = edited(slice, new FeatureRule.AtTokens(value_T));
        for (int i = 0; i < prompts.size(); i++) {
            float[] x_TD = plain.activation(i, AT);
            float[] expected = x_TD.clone();
            for (int t = 0; t < value_T.length; t++) {
                float value = value_T[t];
                float[] row = Arrays.copyOfRange(x_TD, t * embedded.d(), (t + 1) * embedded.d());
                float[] changed = ReferenceEdit.of(sae, row, one, f -> Float.isNaN(value) ? f : value);
                System.arraycopy(changed, 0, expected, t * embedded.d(), embedded.d());
            }
            assertThat(Golden.relativeError(atTokens.activation(i, AT), expected))
                    .isLessThan(CLOSE);
            assertThat(Golden.relativeError(each.activation(i, AT), ReferenceEdit.of(sae, x_TD, one, f -> 0.25)))
                    .isLessThan(CLOSE);
        }
    }

    private static ForwardResult edited(FeatureSlice slice, FeatureRule rule) {
        return forward(List.of(new Edit.EditFeatures(AT, slice, rule)));
    }

    private static ForwardResult forward(List<Edit> edits) {
        List<TokenSequence> rows = prompts.stream()
                .map(prompt -> new TokenSequence(prompt.tokenIds(), edits))
                .toList();
        return embedded.model().forward(rows, ForwardPlan.capture(Set.of(AT)));
    }
}
