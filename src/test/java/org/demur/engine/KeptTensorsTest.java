package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.demur.edit.HookPoint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Room of the way back, shared by passes of different sizes. */
class KeptTensorsTest {
    private static final double CLOSE = 2e-5;
    private static EmbeddedModel embedded;
    private static LanguageModel model;

    @BeforeAll
    static void load() {
        embedded = EmbeddedModel.load();
        model = embedded.model();
    }

    @AfterAll
    static void close() {
        embedded.close();
    }

    @Test
    void gradientsDoNotDependOnHowRowsAreCutIntoPasses() {
        List<TokenSequence> prompts = embedded.prompts(12, 40, 13, 31, 90, 20);
        Set<HookPoint> at = Set.of(HookPoint.residPost(1), HookPoint.residPost(2));
        GradientPlan plan =
                GradientPlan.of(at, Collections.nCopies(prompts.size(), new GradientPlan.LogitDifference(5, 9)));
        GradientResult whole = model.gradients(prompts, plan);
        for (int tokens : new int[] {1, 45, 70}) {
            GradientResult parts = model.gradients(prompts, plan.withMaxTokensPerBatch(tokens));
            for (int i = 0; i < prompts.size(); i++) {
                for (HookPoint point : at) {
                    assertThat(Golden.relativeError(parts.gradient(i, point), whole.gradient(i, point)))
                            .isLessThan(CLOSE);
                }
            }
        }
    }

    @Test
    void passesAfterOneThatFailedTakeTheirOwnRoom() {
        TorchRuntime.enterThread();
        try (PtNDManager manager = TorchRuntime.newManager()) {
            KeptTensors kept = new KeptTensors(manager, model.script(), 8, 2);
            kept.begin(8);
            kept.stream(filled(manager, 8, 1));
            kept.begin(3);
            PtNDArray first = kept.stream(filled(manager, 3, 2));
            PtNDArray second = kept.stream(filled(manager, 3, 3));
            assertThat(first.toFloatArray()).containsOnly(2).hasSize(3 * 4);
            assertThat(second.toFloatArray()).containsOnly(3).hasSize(3 * 4);
            kept.end();
            kept.begin(5);
            PtNDArray larger = kept.stream(filled(manager, 5, 4));
            assertThat(larger.toFloatArray()).containsOnly(4).hasSize(5 * 4);
        }
    }

    private static PtNDArray filled(PtNDManager manager, int rows, float value) {
        float[] values = new float[rows * 4];
        Arrays.fill(values, value);
        return TorchRuntime.floats(manager, values, rows, 4);
    }
}
