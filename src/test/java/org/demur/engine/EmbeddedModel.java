package org.demur.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.model.ModelBundle;

/** The model that comes with the repository, with random prompts, directions and features for it. */
record EmbeddedModel(LanguageModel model) implements AutoCloseable {
    static EmbeddedModel load() {
        return load(Placement.cpu(), MemoryBudget.STANDARD);
    }

    static EmbeddedModel load(Placement placement, MemoryBudget budget) {
        Path file = Path.of("src/main/resources/org/demur/embedded/demur-tiny-refuser.Q8_0.gguf");
        try (ModelBundle bundle = ModelBundle.open(file)) {
            LanguageModel model = LanguageModel.load(bundle, placement, budget);
            model.tokenizer();
            return new EmbeddedModel(model);
        }
    }

    int d() {
        return model.config().dModel();
    }

    int depth() {
        return model.config().nLayers();
    }

    /** Prompts of the given lengths whose first tokens are the same. */
    List<TokenSequence> prompts(int shared, int... lengths) {
        Random random = new Random(7);
        int vocabulary = model.config().vocabSize();
        int[] beginning = random.ints(shared, 3, vocabulary).toArray();
        List<TokenSequence> prompts = new ArrayList<>();
        for (int length : lengths) {
            int[] ids = Arrays.copyOf(beginning, length);
            for (int t = shared; t < length; t++) {
                ids[t] = random.nextInt(3, vocabulary);
            }
            prompts.add(TokenSequence.plain(ids));
        }
        return prompts;
    }

    float[] unit(long seed) {
        Random random = new Random(seed);
        float[] unit = new float[d()];
        double norm = 0;
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) random.nextGaussian();
            norm += unit[i] * (double) unit[i];
        }
        for (int i = 0; i < unit.length; i++) {
            unit[i] /= (float) Math.sqrt(norm);
        }
        return unit;
    }

    FeatureSlice slice(int features) {
        Random random = new Random(features);
        float[] encoder = new float[features * d()];
        float[] decoder = new float[features * d()];
        for (int i = 0; i < encoder.length; i++) {
            encoder[i] = (float) random.nextGaussian() / d();
            decoder[i] = (float) random.nextGaussian() / d();
        }
        float[] bias = new float[features];
        float[] threshold = new float[features];
        Arrays.fill(bias, 0.05f);
        Arrays.fill(threshold, 0.01f);
        return new FeatureSlice(HookPoint.residPost(3), new int[features], encoder, bias, threshold, decoder);
    }

    @Override
    public void close() {
        model.close();
    }
}
