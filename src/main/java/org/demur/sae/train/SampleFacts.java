package org.demur.sae.train;

/**
 * What a sample of rows says about the space of training.
 *
 * @param inputScale factor from stored activations to that space
 * @param variance mean squared distance from the mean there
 * @param x_NI the sample in that space
 */
public record SampleFacts(float inputScale, double variance, float[] x_NI) {
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
        float[] x_NI = new float[stored_NI.length];
        for (int i = 0; i < x_NI.length; i++) {
            x_NI[i] = stored_NI[i] * scale;
        }
        return new SampleFacts(scale, variance(x_NI, width), x_NI);
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
        float[] centre = new float[width];
        double[] mean = mean(x_NI, width);
        for (int c = 0; c < width; c++) {
            centre[c] = (float) mean[c];
        }
        return switch (preBias) {
            case GEOMETRIC_MEDIAN -> GeometricMedian.of(x_NI, width);
            case MEAN -> centre;
            case ZERO -> new float[width];
        };
    }
}
