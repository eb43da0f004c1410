package org.demur.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;

/**
 * Features of dictionaries that were never trained: random unit directions, read and written along the same one. They
 * cost what trained ones cost.
 *
 * @param width of the residual stream
 * @param threshold above which a feature is active
 */
record RandomFeatures(int width, float threshold) {

    /** {@code count} features dealt to the layers in turn; one slice for each layer that gets any. */
    List<FeatureSlice> dealt(int count, List<Integer> layers) {
        List<FeatureSlice> slices = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            int own = count / layers.size() + (i < count % layers.size() ? 1 : 0);
            if (own > 0) {
                slices.add(slice(layers.get(i), own));
            }
        }
        return slices;
    }

    /** Features of one layer; the same for the same layer and count. */
    FeatureSlice slice(int layer, int count) {
        SplittableRandom random = new SplittableRandom(layer);
        float[] rows_MD = new float[count * width];
        int[] features_M = new int[count];
        for (int m = 0; m < count; m++) {
            features_M[m] = m;
            System.arraycopy(unit(random), 0, rows_MD, m * width, width);
        }
        float[] thresholds_M = new float[count];
        Arrays.fill(thresholds_M, threshold);
        return new FeatureSlice(
                HookPoint.residPost(layer), features_M, rows_MD, new float[count], thresholds_M, rows_MD);
    }

    /** A random unit vector. */
    float[] unit(SplittableRandom random) {
        double[] x = DoubleStream.generate(random::nextGaussian).limit(width).toArray();
        double norm = Math.sqrt(Arrays.stream(x).map(value -> value * value).sum());
        float[] unit = new float[width];
        for (int i = 0; i < width; i++) {
            unit[i] = (float) (x[i] / norm);
        }
        return unit;
    }
}
