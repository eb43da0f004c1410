package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.demur.JobException;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.junit.jupiter.api.Test;

/** Weights in bf16, and devices that are not there. */
class PlacementTest {
    @Test
    void bf16WeightsChangeResultsByTheirRoundingOnly() {
        Placement narrow = Placement.cpu(Placement.Weights.BF16);
        try (EmbeddedModel full = EmbeddedModel.load();
                EmbeddedModel half = EmbeddedModel.load(narrow, MemoryBudget.STANDARD)) {
            assertThat(half.model().placement()).isEqualTo(narrow);
            List<TokenSequence> prompts = full.prompts(12, 20, 31, 25);
            HookPoint last = HookPoint.residPost(full.depth() - 1);
            ForwardPlan plan =
                    ForwardPlan.capture(Set.of(last)).withLastLogits().withTokenNll();
            ForwardResult expected = full.model().forward(prompts, plan);
            ForwardResult actual = half.model().forward(prompts, plan);
            GradientPlan gradients = GradientPlan.of(
                    Set.of(new HookPoint(Site.RESID_MID, 1)),
                    List.of(
                            new GradientPlan.LogitDifference(5, 9),
                            new GradientPlan.LogitDifference(5, 9),
                            new GradientPlan.LogitDifference(7, 9)));
            GradientResult expectedGradients = full.model().gradients(prompts, gradients);
            GradientResult actualGradients = half.model().gradients(prompts, gradients);
            for (int b = 0; b < prompts.size(); b++) {
                assertThat(Golden.relativeError(actual.activation(b, last), expected.activation(b, last)))
                        .isBetween(1e-6, 0.03);
                assertThat(Golden.relativeError(actual.lastLogits(b), expected.lastLogits(b)))
                        .isBetween(1e-6, 0.03);
                HookPoint mid = new HookPoint(Site.RESID_MID, 1);
                assertThat(Golden.relativeError(actualGradients.gradient(b, mid), expectedGradients.gradient(b, mid)))
                        .isBetween(1e-6, 0.1);
            }
            assertThat(half.model().generate(prompts, new GenerationPlan(5, Set.of(), 2)))
                    .allSatisfy(generation -> assertThat(generation.tokenIds()).hasSize(5));
        }
    }

    @Test
    void aGpuThatIsAskedForAndAbsentIsAnError() {
        assertThatThrownBy(() -> EmbeddedModel.load(Placement.gpu(7, Placement.Weights.BF16), MemoryBudget.STANDARD))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("GPU 7 was asked for");
    }
}
