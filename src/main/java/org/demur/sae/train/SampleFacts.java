package org.demur.sae.train;

/**
 * What a sample of rows says about the space of training.
 *
 * @param inputScale factor from stored activations to that space
 * @param variance mean squared distance of what is reconstructed from its mean there
 * @param target what is reconstructed
 * @param x_NI the sample of inputs in that space
 * @param y_NO the sample of what is reconstructed, the inputs themselves unless it is a transcoder
 */
public record SampleFacts(float inputScale, double variance, ShardBatch.Target target, float[] x_NI, float[] y_NO) {
    /**
     * Looks at a sample.
     *
     * @param stored_NI rows of the sample
     * @param width of a row
     * @param scaling of inputs
     * @param meanNorm mean norm of all rows, which is better known than that of the sample
     */
    public static SampleFacts of(float[] stored_NI, int width, Recipe.Scaling scaling, double meanNorm) {
        float scale =
                switch (scaling) {
                    case NORM_ROOT_D -> (float) (Math.sqrt(width) / meanNorm);
                    case MEAN_SQUARE_ONE -> (float) (1 / Math.sqrt(meanSquare(stored_NI, width)));
                    case NONE -> 1;
                };
        float[] x_NI = scaled(stored_NI, scale);
        return new SampleFacts(scale, variance(x_NI, width), ShardBatch.Target.INPUT, x_NI, x_NI);
    }

    /** The same inputs where rows of {@code stored_NO}, of some width, are to be predicted from them. */
    public SampleFacts predicting(float[] stored_NO, int width) {
        float[] y_NO = scaled(stored_NO, inputScale);
        return new SampleFacts(inputScale, variance(y_NO, width), ShardBatch.Target.OTHER_VECTOR, x_NI, y_NO);
    }

    private static float[] scaled(float[] stored, float scale) {
        float[] scaled = new float[stored.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = stored[i] * scale;
        }
        return scaled;
    }

    private static double meanSquare(float[] x_NI, int width) {
        double square = 0;
        for (float x : x_NI) {
            square += (double) x * x;
        }
        return square / (x_NI.length / width);
    }

    private static double variance(float[] x_NI, int width) {
        double square = meanSquare(x_NI, width);
        for (double mean : mean(x_NI, width)) {
            square -= mean * mean;
        }
        return square;
    }

    private static double[] mean(float[] x_NI, int width) {
        double[] mean = new double[width];
        int rows = x_NI.length / width;
        for (int i = 0; i < x_NI.length; i++) {
            mean[i % width] += x_NI[i] / (double) rows;
        }
        return mean;
    }

    /** The decoder bias to start with. */
    float[] centre(Recipe.PreBias preBias, int width) {
        return centre(y_NO, preBias, width);
    }

    /** The centre of the inputs, of the same kind. */
    float[] inputCentre(Recipe.PreBias preBias, int width) {
        return centre(x_NI, preBias, width);
    }

    private static float[] centre(float[] rows, Recipe.PreBias preBias, int width) {
        float[] centre = new float[width];
        double[] mean = mean(rows, width);
        for (int c = 0; c < width; c++) {
            centre[c] = (float) mean[c];
        }
        return switch (preBias) {
            case GEOMETRIC_MEDIAN -> GeometricMedian.of(rows, width);
            case MEAN -> centre;
            case ZERO -> new float[width];
        };
    }
}
