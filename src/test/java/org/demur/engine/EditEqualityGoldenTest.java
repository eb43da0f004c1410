package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.demur.SharedData;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.HookPoint;
import org.demur.model.ModelBundle;
import org.demur.sae.Activation;
import org.demur.sae.Sae;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Low-rank edits at full model size, at six layers of SmolLM2 with dictionaries of 4,608 features: those of the folder
 * {@code demur.saes}, with a subfolder {@code layer=N} each, or random ones.
 */
@Tag("shared")
class EditEqualityGoldenTest {
    private static final int[] LAYERS = {10, 12, 14, 16, 18, 20};
    private static final int FEATURES = 4608;
    private static final int EDITED_FEATURES = 8;

    @Test
    void editsAtSixLayersEqualTheLongWay() {
        Path file = SharedData.path("models", "smollm2-135m-refuser.Q8_0.gguf");
        try (ModelBundle bundle = ModelBundle.open(file);
                LanguageModel model = LanguageModel.load(bundle)) {
            List<TokenSequence> prompts = new EmbeddedModel(model).prompts(16, 24, 33, 40);
            List<Edit> edits = new ArrayList<>();
            for (int layer : LAYERS) {
                HookPoint at = HookPoint.residPost(layer);
                ForwardResult before = model.forward(with(prompts, edits), ForwardPlan.capture(Set.of(at)));
                Sae sae = sae(at, before.activation(0, at), model.config().dModel());
                int[] features = mostActive(sae, before.activation(0, at));
                FeatureRule rule = layer % 4 == 0 ? new FeatureRule.Clamp(4) : new FeatureRule.Scale(-2);
                edits.add(new Edit.EditFeatures(at, sae.exactSlice(features), rule));
                ForwardResult after = model.forward(with(prompts, edits), ForwardPlan.capture(Set.of(at)));
                for (int i = 0; i < prompts.size(); i++) {
                    float[] expected =
                            ReferenceEdit.of(sae, before.activation(i, at), features, ReferenceEdit.of(rule));
                    assertThat(Golden.relativeError(after.activation(i, at), expected))
                            .as("layer %d, prompt %d", layer, i)
                            .isLessThan(1e-4);
                    assertThat(Golden.relativeError(expected, before.activation(i, at)))
                            .as("effect at layer %d", layer)
                            .isGreaterThan(1e-3);
                }
            }
        }
    }

    private static List<TokenSequence> with(List<TokenSequence> prompts, List<Edit> edits) {
        return prompts.stream()
                .map(prompt -> new TokenSequence(prompt.tokenIds(), edits))
                .toList();
    }

    private static Sae sae(HookPoint at, float[] x_TD, int d) {
        String folder = System.getProperty("demur.saes", "");
        if (!folder.isEmpty() && Files.isDirectory(Path.of(folder, "layer=" + at.layer()))) {
            return Sae.read(Path.of(folder, "layer=" + at.layer()));
        }
        Activation activation =
                switch (at.layer() / 2 % 3) {
                    case 0 -> new Activation.Threshold(ReferenceEdit.constant(FEATURES, 1));
                    case 1 -> new Activation.Relu();
                    default -> new Activation.TopK(32, Activation.Sign.RECTIFIED, 2);
                };
        // The first token is far longer than all others.
        float[] rest = Arrays.copyOfRange(x_TD, d, x_TD.length);
        return ReferenceEdit.random(at, activation, d, FEATURES, ReferenceEdit.scale(rest));
    }

    /** Features that fire most often, ties and silent ones drawn at random. */
    private static int[] mostActive(Sae sae, float[] x_TD) {
        int[] count = new int[sae.F()];
        var codes = sae.encode(x_TD, x_TD.length / sae.d());
        for (int i = 0; i < codes.active(); i++) {
            count[codes.indices()[i]]++;
        }
        int[] key = new Random(sae.layer()).ints(sae.F(), 0, 100).toArray();
        return IntStream.range(0, sae.F())
                .boxed()
                .sorted((a, b) -> count[a] != count[b] ? count[b] - count[a] : key[a] - key[b])
                .limit(EDITED_FEATURES)
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
