package org.demur.evaluation;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.LanguageModel;
import org.demur.engine.ModelSpec;
import org.demur.engine.NativeProduct;
import org.demur.engine.TokenSequence;
import org.demur.runtime.ModelRegistry;
import org.demur.sae.Sae;
import org.demur.sae.SaeEncoder;

/**
 * Next-token losses with the reconstruction in place of the residual, and with the layer's mean in its place.
 *
 * <p>Positions of the token classes and norms that were trained on are replaced; the others (begin of text, system turn, the
 * few of huge norm) keep what the model computed, because the dictionary has never seen their like. The loss of every token
 * of a trained class counts, so the same tokens count in all three.
 *
 * @param model where the model is
 * @param folder of the dictionaries, with one folder per layer
 * @param means_D mean vector of every layer's rows
 * @param largestNorms by layer, the norm above which positions are not replaced
 * @param maxTokensPerBatch tokens in one forward pass
 */
record SpliceTask(
        ModelSpec model,
        String folder,
        Map<Integer, float[]> means_D,
        Map<Integer, Double> largestNorms,
        int maxTokensPerBatch)
        implements Serializable {

    /** Losses of these texts, by layer. */
    List<LossSums> measure(List<LossText> texts) {
        LanguageModel language = ModelRegistry.model(model);
        List<TokenSequence> sequences =
                texts.stream().map(text -> TokenSequence.plain(text.tokenIds())).toList();
        List<Sae> saes = new TreeSet<>(means_D.keySet())
                .stream()
                        .map(layer -> Sae.read(Path.of(folder).resolve("layer=" + layer)))
                        .toList();
        Set<HookPoint> points = new TreeSet<>();
        saes.forEach(sae -> points.add(sae.at()));
        ForwardResult clean = language.forward(
                sequences, ForwardPlan.capture(points).withTokenNll().withMaxTokensPerBatch(maxTokensPerBatch));
        List<LossSums> sums = new ArrayList<>();
        for (Sae sae : saes) {
            List<float[]> reconstructed = reconstructed(sae, clean, texts);
            List<float[]> ablated = ablated(sae, clean, texts);
            long tokens = 0;
            double plain = 0;
            for (int i = 0; i < texts.size(); i++) {
                tokens += counted(texts.get(i));
                plain += sum(texts.get(i), clean.tokenNll(i));
            }
            sums.add(new LossSums(
                    sae.layer(),
                    tokens,
                    plain,
                    loss(language, sequences, texts, sae.at(), reconstructed),
                    loss(language, sequences, texts, sae.at(), ablated)));
        }
        return sums;
    }

    private List<float[]> reconstructed(Sae sae, ForwardResult clean, List<LossText> texts) {
        List<float[]> values = new ArrayList<>();
        try (SaeEncoder encoder = sae.encoder(NativeProduct::new)) {
            for (int i = 0; i < texts.size(); i++) {
                float[] x_TD = clean.activation(i, sae.at());
                int rows = texts.get(i).tokenIds().length;
                float[] xHat_TD = new float[x_TD.length];
                sae.decode(encoder.encode(x_TD, rows), x_TD, xHat_TD);
                values.add(replaced(sae.layer(), x_TD, texts.get(i), xHat_TD));
            }
        }
        return values;
    }

    private List<float[]> ablated(Sae sae, ForwardResult clean, List<LossText> texts) {
        float[] mean = means_D.get(sae.layer());
        List<float[]> values = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            float[] x_TD = clean.activation(i, sae.at());
            float[] means_TD = new float[x_TD.length];
            for (int at = 0; at < means_TD.length; at += mean.length) {
                System.arraycopy(mean, 0, means_TD, at, mean.length);
            }
            values.add(replaced(sae.layer(), x_TD, texts.get(i), means_TD));
        }
        return values;
    }

    private float[] replaced(int layer, float[] x_TD, LossText text, float[] by_TD) {
        float[] values = Arrays.copyOf(x_TD, x_TD.length);
        int d = x_TD.length / text.tokenIds().length;
        for (int t = 0; t < text.ofTrainedClass().length; t++) {
            if (text.ofTrainedClass()[t] && norm(x_TD, t * d, d) <= largestNorms.get(layer)) {
                System.arraycopy(by_TD, t * d, values, t * d, d);
            }
        }
        return values;
    }

    private static double norm(float[] x_TD, int from, int d) {
        double square = 0;
        for (int i = from; i < from + d; i++) {
            square += (double) x_TD[i] * x_TD[i];
        }
        return Math.sqrt(square);
    }

    private double loss(
            LanguageModel language,
            List<TokenSequence> sequences,
            List<LossText> texts,
            HookPoint point,
            List<float[]> values_TD) {
        ForwardResult result = language.forward(
                sequences,
                ForwardPlan.nothing()
                        .withTokenNll()
                        .startingAt(point, values_TD)
                        .withMaxTokensPerBatch(maxTokensPerBatch));
        double sum = 0;
        for (int i = 0; i < texts.size(); i++) {
            sum += sum(texts.get(i), result.tokenNll(i));
        }
        return sum;
    }

    private static double sum(LossText text, float[] nll) {
        double sum = 0;
        for (int t = 0; t < nll.length; t++) {
            sum += text.ofTrainedClass()[t + 1] ? nll[t] : 0;
        }
        return sum;
    }

    private static long counted(LossText text) {
        long count = 0;
        for (int t = 1; t < text.ofTrainedClass().length; t++) {
            count += text.ofTrainedClass()[t] ? 1 : 0;
        }
        return count;
    }
}
