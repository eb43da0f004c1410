package org.demur.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.demur.engine.ForwardResult;

/**
 * Values of the stream where a dictionary reads it, with something in their place at the positions that the dictionary
 * knows: those of token classes and norms that it was trained on.
 */
final class SplicedStream {
    private final List<LossText> texts;
    private final List<float[]> x_TD = new ArrayList<>();
    private final double largestNorm;
    private final int d;

    SplicedStream(SpliceTask.Layer layer, ForwardResult clean, List<LossText> texts) {
        this.texts = texts;
        this.largestNorm = layer.largestNorm();
        this.d = layer.mean_D().length;
        for (int i = 0; i < texts.size(); i++) {
            x_TD.add(clean.activation(i, layer.at()));
        }
    }

    /** The reconstruction in place of every vector, one array a text. */
    List<float[]> reconstructed(RowEncoder encoder) {
        List<float[]> values = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            int rows = texts.get(i).tokenIds().length;
            values.add(replaced(i, encoder.encode(x_TD.get(i), rows).xHat_BD()));
        }
        return values;
    }

    /** One vector in place of all. */
    List<float[]> constant(float[] vector_D) {
        List<float[]> values = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            float[] same_TD = new float[x_TD.get(i).length];
            for (int at = 0; at < same_TD.length; at += d) {
                System.arraycopy(vector_D, 0, same_TD, at, d);
            }
            values.add(replaced(i, same_TD));
        }
        return values;
    }

    private float[] replaced(int text, float[] by_TD) {
        float[] original_TD = x_TD.get(text);
        float[] values = Arrays.copyOf(original_TD, original_TD.length);
        boolean[] ofTrainedClass = texts.get(text).ofTrainedClass();
        for (int t = 0; t < ofTrainedClass.length; t++) {
            if (ofTrainedClass[t] && norm(original_TD, t * d) <= largestNorm) {
                System.arraycopy(by_TD, t * d, values, t * d, d);
            }
        }
        return values;
    }

    private double norm(float[] rows_TD, int from) {
        double square = 0;
        for (int i = from; i < from + d; i++) {
            square += (double) rows_TD[i] * rows_TD[i];
        }
        return Math.sqrt(square);
    }
}
