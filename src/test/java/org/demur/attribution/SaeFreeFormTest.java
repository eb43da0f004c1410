package org.demur.attribution;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.demur.cells.SelectedDirection;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardPlan;
import org.demur.engine.LanguageModel;
import org.demur.engine.TokenSequence;
import org.demur.model.ModelBundle;
import org.demur.runtime.ModelSource;
import org.demur.sae.Activation;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeInput;
import org.junit.jupiter.api.Test;

/** The residual form against the published one on the embedded model, with random dictionaries. */
class SaeFreeFormTest {
    private static final String MODEL = "classpath:org/demur/embedded/demur-tiny-refuser.Q8_0.gguf";

    @Test
    void dictionariesInTheGraphChangeNothing() {
        Random random = new Random(6);
        try (ModelBundle bundle = ModelSource.open(MODEL);
                LanguageModel model = LanguageModel.load(bundle)) {
            int d = model.config().dModel();
            int[] ids = random.ints(12, 0, model.config().vocabSize()).toArray();
            Map<Integer, Sae> saes = new HashMap<>();
            for (int layer : List.of(1, 3, 4)) {
                saes.put(layer, random(model, ids, HookPoint.residPost(layer), 300));
            }
            new SaeFreeForm(model, saes, direction(model, floats(random, d)), 1e-4).compare(ids);
        }
    }

    /** Ablation at all points of the stream, with a refusal token that is not the first one. */
    static SelectedDirection direction(LanguageModel model, float[] vector_D) {
        return new SelectedDirection(
                2, -1, vector_D, model.config().nLayers(), List.of("resid_pre", "resid_mid", "resid_post"), new int[] {3
                });
    }

    /** Rows of length 1, decoders equal to encoders, and a threshold that leaves one feature in twenty active. */
    static Sae random(LanguageModel model, int[] ids, HookPoint at, int features) {
        int d = model.config().dModel();
        Random random = new Random(at.layer());
        float[] w_FD = new float[features * d];
        for (int j = 0; j < features; j++) {
            float[] unit_D = SelectedDirection.unit(floats(random, d));
            System.arraycopy(unit_D, 0, w_FD, j * d, d);
        }
        float[] x_TD = model.forward(List.of(TokenSequence.plain(ids)), ForwardPlan.capture(Set.of(at)))
                .activation(0, at);
        double[] heights = new double[features];
        for (int j = 0; j < features; j++) {
            for (int i = 0; i < d; i++) {
                heights[j] += (double) w_FD[j * d + i] * x_TD[x_TD.length - d + i];
            }
        }
        Arrays.sort(heights);
        float[] threshold_F = new float[features];
        Arrays.fill(threshold_F, (float) heights[(int) (0.95 * features)]);
        SaeFacts facts = new SaeFacts(at, new Activation.Threshold(threshold_F), SaeInput.plain());
        return new Sae(facts, w_FD, new float[features], w_FD.clone(), floats(random, d));
    }

    static float[] floats(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian() * 0.1f;
        }
        return values;
    }
}
