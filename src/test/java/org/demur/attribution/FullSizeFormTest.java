package org.demur.attribution;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.demur.SharedData;
import org.demur.edit.HookPoint;
import org.demur.engine.LanguageModel;
import org.demur.model.ModelBundle;
import org.demur.runtime.ModelSource;
import org.demur.sae.Sae;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The residual form against the published one at full model size, with dictionaries at six layers: random ones, or those of
 * the folder that the system property {@code demur.saes} names ({@code layer=N} each).
 */
@Tag("shared")
class FullSizeFormTest {
    private static final List<Integer> LAYERS = List.of(8, 11, 14, 17, 20, 23);
    private static final int FEATURES = 4608;
    private static final double TOLERANCE = 1e-4;
    private static final int TOKENS = 40;

    @Test
    void dictionariesInTheGraphChangeNothingAtFullSize() {
        Path file = SharedData.path("models", "smollm2-135m-refuser.Q8_0.gguf");
        Random random = new Random(12);
        try (ModelBundle bundle = ModelSource.open(file.toString());
                LanguageModel model = LanguageModel.load(bundle)) {
            int[] ids = random.ints(TOKENS, 0, model.config().vocabSize()).toArray();
            float[] vector_D = SaeFreeFormTest.floats(random, model.config().dModel());
            new SaeFreeForm(model, saes(model, ids), SaeFreeFormTest.direction(model, vector_D), TOLERANCE)
                    .compare(ids);
        }
    }

    private static Map<Integer, Sae> saes(LanguageModel model, int[] ids) {
        Map<Integer, Sae> saes = new HashMap<>();
        Optional<Path> folder =
                Optional.ofNullable(System.getProperty("demur.saes")).map(Path::of);
        if (folder.isEmpty()) {
            LAYERS.forEach(
                    layer -> saes.put(layer, SaeFreeFormTest.random(model, ids, HookPoint.residPost(layer), FEATURES)));
            return saes;
        }
        for (int layer = 0; layer < model.config().nLayers(); layer++) {
            if (Files.isDirectory(folder.get().resolve("layer=" + layer))) {
                saes.put(layer, EditableSae.read(folder.get().toString(), layer));
            }
        }
        return saes;
    }
}
