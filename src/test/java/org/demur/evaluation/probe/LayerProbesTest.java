package org.demur.evaluation.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerProbesTest {
    private static final int PROMPTS = 200;

    private static List<ProbeResult> measure(TwoConcepts prompts) {
        return prompts.probes().measure(prompts.concepts());
    }

    @Test
    void oneFeatureTellsASeparableConceptAndShuffledLabelsTellNothing() {
        List<ProbeResult> results = measure(new TwoConcepts(PROMPTS));
        for (String representation : List.of("features", "residual_dims", "residual")) {
            ProbeResult probe = TwoConcepts.only(results, "probe_accuracy", "first", representation);
            assertThat(probe.value().value()).as(representation).isEqualTo(1);
            assertThat(probe.value().n()).isEqualTo(PROMPTS / 2);
            assertThat(probe.control().low()).as(representation).isLessThan(0.5 + 0.1);
            assertThat(probe.control().value()).as(representation).isBetween(0.25, 0.75);
        }
        assertThat(TwoConcepts.only(results, "probe_accuracy", "second", "features")
                        .features())
                .containsExactly(1);
        assertThat(TwoConcepts.only(results, "probe_accuracy", "first", "residual")
                        .features())
                .isEmpty();
    }

    @Test
    void takingTheConceptsFeatureAwayBlindsItsProbeAndNoOther() {
        List<ProbeResult> results = measure(new TwoConcepts(PROMPTS));
        ProbeResult drop = TwoConcepts.only(results, "probe_drop", "first", "features");
        assertThat(drop.features()).containsExactly(0);
        assertThat(drop.before()).isEqualTo(1);
        assertThat(drop.value().value()).isCloseTo(0.5, within(0.01));
        assertThat(drop.value().low()).isGreaterThan(0.3);
        assertThat(drop.control().value()).isCloseTo(0, within(0.05));
        assertThat(TwoConcepts.only(results, "tpp", "first", "features").value().value())
                .isCloseTo(0.5, within(0.05));
    }

    @Test
    void aSingleConceptHasNoOthersToCompareWith() {
        TwoConcepts prompts = new TwoConcepts(PROMPTS);
        assertThat(prompts.probes().measure(prompts.concepts().subList(0, 1)))
                .noneMatch(result -> result.subject().metric().equals("tpp"))
                .anyMatch(result -> result.subject().metric().equals("probe_drop"));
    }

    /** On five of the 50 test prompts with the first concept, feature 6 on its own axis stands in for feature 0. */
    @Test
    void absorptionIsFoundWhereAnotherFeatureWritesTheConcept() {
        TwoConcepts prompts = new TwoConcepts(PROMPTS);
        Decoder plain = prompts.decoder();
        plain.w_dec_FD()[6 * TwoConcepts.WIDTH] = 2;
        plain.w_dec_FD()[6 * TwoConcepts.WIDTH + 6] = 0;
        List<PromptVector> vectors = new ArrayList<>(prompts.vectors());
        for (int p = PROMPTS - 10; p < PROMPTS; p += 2) {
            PromptVector vector = vectors.get(p);
            int[] features = vector.features().clone();
            float[] values = vector.values().clone();
            // Feature 0 comes first; its place is taken by feature 6, which comes last.
            System.arraycopy(features, 1, features, 0, features.length - 1);
            System.arraycopy(values, 1, values, 0, values.length - 1);
            features[features.length - 1] = 6;
            values[values.length - 1] = vector.values()[0];
            vectors.set(p, new PromptVector(p, vector.x_D(), features, values));
        }
        LayerProbes probes = new LayerProbes(plain, vectors, TwoConcepts.settings(), 9);

        List<ProbeResult> results = probes.measure(prompts.concepts());

        ProbeResult rate = TwoConcepts.only(results, "absorption_rate", "first", "features");
        assertThat(rate.features()).containsExactly(0);
        assertThat(rate.value().n()).isEqualTo(50);
        assertThat(rate.value().value()).isCloseTo(0.1, within(1e-12));
        ProbeResult fraction = TwoConcepts.only(results, "absorption_fraction", "first", "features");
        assertThat(fraction.value().value()).isBetween(0.09, 0.2);
        assertThat(TwoConcepts.only(results, "absorption_rate", "second", "features")
                        .value()
                        .value())
                .isZero();
    }

    @Test
    void resultsDoNotDependOnTheOrderOfPrompts() {
        TwoConcepts prompts = new TwoConcepts(PROMPTS);
        List<PromptVector> reversed = new ArrayList<>(prompts.vectors());
        Collections.reverse(reversed);
        List<ProbeResult> results =
                new LayerProbes(prompts.decoder(), reversed, TwoConcepts.settings(), 9).measure(prompts.concepts());
        List<ProbeResult> expected = measure(prompts);
        assertThat(results.stream().map(ProbeResult::value))
                .containsExactlyElementsOf(
                        expected.stream().map(ProbeResult::value).toList());
        assertThat(results.stream().map(ProbeResult::control))
                .containsExactlyElementsOf(
                        expected.stream().map(ProbeResult::control).toList());
    }

    @Test
    void conceptsWithTooFewPromptsAreLeftOut() {
        TwoConcepts prompts = new TwoConcepts(PROMPTS);
        LayerProbes few = new LayerProbes(
                prompts.decoder(), prompts.vectors().subList(0, PROMPTS / 2 + 2), TwoConcepts.settings(), 9);
        assertThat(few.measure(prompts.concepts())).isEmpty();
    }
}
