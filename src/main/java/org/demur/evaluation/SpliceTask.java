package org.demur.evaluation;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.LanguageModel;
import org.demur.engine.ModelSpec;
import org.demur.engine.TokenSequence;
import org.demur.losses.EndDivergence;
import org.demur.runtime.ModelRegistry;

/**
 * What the model predicts with the reconstruction in place of the residual, and with the layer's mean and with zero in its
 * place: losses of next tokens, and the divergence of their distributions from those of the model as it is.
 *
 * <p>Positions of the token classes and norms that were trained on are replaced; the others (begin of text, system turn, the
 * few of huge norm) keep what the model computed, because the dictionary has never seen their like. Every token of a
 * trained class counts, so the same tokens count in all of them.
 *
 * @param model where the model is
 * @param folder of the dictionaries, with one folder per layer
 * @param layers what is replaced, by layer
 * @param limits sizes of the work
 */
record SpliceTask(ModelSpec model, String folder, Map<Integer, Layer> layers, Limits limits) implements Serializable {
    /**
     * @param at where the dictionary reads
     * @param mean_D mean vector of its rows
     * @param largestNorm the norm above which positions are not replaced
     */
    record Layer(HookPoint at, float[] mean_D, double largestNorm) implements Serializable {}

    /**
     * @param maxTokensPerBatch tokens in one forward pass
     * @param divergenceTokens tokens of a call over which divergences are summed, about; texts are taken whole
     */
    record Limits(int maxTokensPerBatch, int divergenceTokens) implements Serializable {}

    /** Sums over these texts, by layer. */
    List<LossSums> measure(List<LossText> texts) {
        LanguageModel language = ModelRegistry.model(model);
        Set<HookPoint> points = new TreeSet<>();
        points.add(end(language));
        layers.values().forEach(layer -> points.add(layer.at()));
        ForwardResult clean = language.forward(
                sequences(texts),
                ForwardPlan.capture(points).withTokenNll().withMaxTokensPerBatch(limits.maxTokensPerBatch()));
        Pass pass = new Pass(language, texts, clean);
        List<LossSums> sums = new ArrayList<>();
        for (int layer : new TreeSet<>(layers.keySet())) {
            try (RowEncoder encoder = RowEncoder.open(folder, layer)) {
                sums.add(pass.measure(layer, encoder));
            }
        }
        return sums;
    }

    private static List<TokenSequence> sequences(List<LossText> texts) {
        return texts.stream().map(text -> TokenSequence.plain(text.tokenIds())).toList();
    }

    private static HookPoint end(LanguageModel language) {
        return HookPoint.residPost(language.config().nLayers() - 1);
    }

    /** What was done to the predictions of the texts: loss and divergence. */
    private record Effect(double loss, double divergence) {}

    /** The texts after one clean pass. */
    private final class Pass {
        private final LanguageModel language;
        private final List<LossText> texts;
        private final ForwardResult clean;
        private final int divergenceTexts;

        Pass(LanguageModel language, List<LossText> texts, ForwardResult clean) {
            this.language = language;
            this.texts = texts;
            this.clean = clean;
            this.divergenceTexts = divergenceTexts();
        }

        private int divergenceTexts() {
            int count = 0;
            for (int tokens = 0; count < texts.size() && tokens < limits.divergenceTokens(); count++) {
                tokens += texts.get(count).counted();
            }
            return count;
        }

        LossSums measure(int number, RowEncoder encoder) {
            Layer layer = layers.get(number);
            SplicedStream stream = new SplicedStream(layer, clean, texts);
            Effect spliced = effect(layer.at(), stream.reconstructed(encoder));
            Effect mean = effect(layer.at(), stream.constant(layer.mean_D()));
            Effect zero = effect(layer.at(), stream.constant(new float[layer.mean_D().length]));
            return new LossSums(
                    number,
                    texts.stream().mapToLong(LossText::counted).sum(),
                    loss(clean),
                    new LossSums.Changed(spliced.loss(), mean.loss(), zero.loss()),
                    texts.stream()
                            .limit(divergenceTexts)
                            .mapToLong(LossText::counted)
                            .sum(),
                    new LossSums.Changed(spliced.divergence(), mean.divergence(), zero.divergence()));
        }

        private Effect effect(HookPoint at, List<float[]> values_TD) {
            ForwardResult changed = language.forward(
                    sequences(texts),
                    ForwardPlan.capture(Set.of(end(language)))
                            .withTokenNll()
                            .startingAt(at, values_TD)
                            .withMaxTokensPerBatch(limits.maxTokensPerBatch()));
            double divergence = 0;
            for (int i = 0; i < divergenceTexts; i++) {
                divergence += divergence(i, changed);
            }
            return new Effect(loss(changed), divergence);
        }

        private double loss(ForwardResult result) {
            double sum = 0;
            for (int i = 0; i < texts.size(); i++) {
                for (int t : texts.get(i).countedPredictors()) {
                    sum += result.tokenNll(i)[t];
                }
            }
            return sum;
        }

        private double divergence(int text, ForwardResult changed) {
            return EndDivergence.sum(
                    language,
                    clean.activation(text, end(language)),
                    changed.activation(text, end(language)),
                    texts.get(text).countedPredictors());
        }
    }
}
