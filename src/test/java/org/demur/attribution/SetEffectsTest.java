package org.demur.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.demur.cells.StudyPrompt;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.LanguageModel;
import org.demur.engine.TokenSequence;
import org.demur.model.ModelBundle;
import org.demur.runtime.ModelSource;
import org.junit.jupiter.api.Test;

/** Effects that share the blocks below an edit, against one whole run an edit. */
class SetEffectsTest {
    private static final String MODEL = "classpath:org/demur/embedded/demur-tiny-refuser.Q8_0.gguf";

    @Test
    void sharedRunsMeasureWhatWholeRunsDo() {
        Random random = new Random(9);
        try (ModelBundle bundle = ModelSource.open(MODEL);
                LanguageModel model = LanguageModel.load(bundle)) {
            int d = model.config().dModel();
            FeatureId low = new FeatureId(1, 5);
            FeatureId high = new FeatureId(4, 2);
            FeatureId beside = new FeatureId(4, 8);
            FeatureId silent = new FeatureId(3, 1);
            Map<FeatureId, FeatureSlice> slices = new HashMap<>();
            for (FeatureId id : List.of(low, high, beside, silent)) {
                float threshold = id == silent ? Float.MAX_VALUE : 0;
                slices.put(
                        id,
                        new FeatureSlice(
                                HookPoint.residPost(id.layer()),
                                new int[] {id.feature()},
                                floats(random, d),
                                new float[1],
                                new float[] {threshold},
                                floats(random, d)));
            }
            List<MeasuredPrompt> prompts = IntStream.range(0, 3)
                    .mapToObj(i ->
                            random.ints(8 + i, 0, model.config().vocabSize()).toArray())
                    .map(ids -> new MeasuredPrompt(
                            new StudyPrompt("s", "p" + ids.length, "harmful", ids, new String[ids.length]), 7, 3))
                    .toList();
            List<List<FeatureId>> sets =
                    List.of(List.of(low), List.of(high), List.of(silent), List.of(high, beside, low));
            FeaturePool pool = new FeaturePool(List.copyOf(slices.keySet()), slices);

            double[][] effects = new SetEffects(model, pool, 512).of(prompts, sets);

            for (int p = 0; p < prompts.size(); p++) {
                for (int s = 0; s < sets.size(); s++) {
                    assertThat(effects[p][s]).isCloseTo(whole(model, prompts.get(p), pool, sets.get(s)), within(1e-3));
                }
                assertThat(effects[p][2]).isZero();
                assertThat(Math.abs(effects[p][3])).isGreaterThan(0.01);
            }
        }
    }

    private static double whole(LanguageModel model, MeasuredPrompt prompt, FeaturePool pool, List<FeatureId> set) {
        List<Edit> edits = new ArrayList<>();
        for (int layer = 0; layer < model.config().nLayers(); layer++) {
            int at = layer;
            List<FeatureId> ofLayer =
                    set.stream().filter(id -> id.layer() == at).toList();
            if (!ofLayer.isEmpty()) {
                FeatureSlice slice = pool.joined(ofLayer);
                edits.add(new Edit.EditFeatures(slice.at(), slice, new FeatureRule.Scale(0)));
            }
        }
        int[] ids = prompt.prompt().tokenIds();
        ForwardResult result = model.forward(
                List.of(new TokenSequence(ids, edits), TokenSequence.plain(ids)),
                ForwardPlan.nothing().withLastLogits());
        return prompt.metric(result.lastLogits(0)) - prompt.metric(result.lastLogits(1));
    }

    private static float[] floats(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) (random.nextGaussian() / Math.sqrt(n) * 2);
        }
        return values;
    }
}
