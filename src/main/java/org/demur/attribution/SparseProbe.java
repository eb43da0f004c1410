package org.demur.attribution;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A logistic probe with few weights that tells harmful from harmless prompts by their mean features: the loss of the prompts
 * plus {@code lambda |w|_1 + ridge/2 |w|^2}, by accelerated proximal gradient steps. The bias is free. Columns are divided by
 * the root mean square of their layer, so that the penalty asks the same of every layer. lambda is the largest of a falling row
 * that leaves enough positive weights to make a set of.
 *
 * <p>Legend: N prompts, K features of all layers that take part.
 */
final class SparseProbe {
    private static final int STEPS = 150;

    /** Columns that take part, those with the steepest slope at weights of 0: what lies flat there stays out anyway. */
    private static final int COLUMNS = 1024;

    private static final int LAMBDAS = 24;
    private static final double FALL = 0.7;
    private static final double RIDGE = 1e-3;

    private final long[] keys_K;
    private final int[][] columns_N;
    private final double[][] values_N;
    private final double[] label_N;
    private final double largestStep;

    /** The prompts' mean features. */
    SparseProbe(List<FeatureScores> harmful, List<FeatureScores> harmless) {
        List<FeatureScores> all = new java.util.ArrayList<>(harmful);
        all.addAll(harmless);
        double[] scale = scales(all);
        keys_K = steepest(harmful, harmless, scale);
        columns_N = new int[all.size()][];
        values_N = new double[all.size()][];
        label_N = new double[all.size()];
        double largestSquare = 0;
        for (int i = 0; i < all.size(); i++) {
            FeatureScores scores = all.get(i);
            int[] taking = IntStream.range(0, scores.size())
                    .filter(e -> Arrays.binarySearch(keys_K, scores.keys()[e]) >= 0)
                    .toArray();
            columns_N[i] = new int[taking.length];
            values_N[i] = new double[taking.length];
            double square = 1;
            for (int e = 0; e < taking.length; e++) {
                columns_N[i][e] = Arrays.binarySearch(keys_K, scores.keys()[taking[e]]);
                values_N[i][e] =
                        scores.values()[taking[e]] / scale[scores.id(taking[e]).layer()];
                square += values_N[i][e] * values_N[i][e];
            }
            label_N[i] = i < harmful.size() ? 1 : 0;
            largestSquare = Math.max(largestSquare, square);
        }
        // The mean loss has a curvature of at most a quarter of the longest row's square.
        largestStep = 1 / (largestSquare / 4 + RIDGE);
    }

    /** Keys of the columns whose scaled means differ most between the two kinds, ascending. */
    private static long[] steepest(List<FeatureScores> harmful, List<FeatureScores> harmless, double[] scale) {
        FeatureScores difference = FeatureScores.mean(List.of(
                FeatureScores.mean(harmful), FeatureScores.mean(harmless).times(-1)));
        double[] size = new double[difference.size()];
        for (int i = 0; i < size.length; i++) {
            size[i] = Math.abs(difference.values()[i]) / scale[difference.id(i).layer()];
        }
        int[] order = new FeatureScores(difference.keys(), size).order();
        return IntStream.of(order)
                .limit(COLUMNS)
                .mapToLong(i -> difference.keys()[i])
                .sorted()
                .toArray();
    }

    private static double[] scales(List<FeatureScores> all) {
        int layers = 1
                + all.stream()
                        .filter(scores -> scores.size() > 0)
                        .mapToInt(scores -> scores.id(scores.size() - 1).layer())
                        .max()
                        .orElse(0);
        double[] square = new double[layers];
        double[] count = new double[layers];
        for (FeatureScores scores : all) {
            for (int e = 0; e < scores.size(); e++) {
                int layer = scores.id(e).layer();
                square[layer] += scores.values()[e] * scores.values()[e];
                count[layer]++;
            }
        }
        double[] scale = new double[layers];
        for (int layer = 0; layer < layers; layer++) {
            scale[layer] = count[layer] == 0 ? 1 : Math.sqrt(square[layer] / count[layer]);
        }
        return scale;
    }

    /** Weights that are not 0, positive ones for harmful; at least {@code wanted} positive ones where that can be. */
    FeatureScores weights(int wanted) {
        double[] w_K1 = new double[keys_K.length + 1];
        double lambda = lambdaOfNoWeight();
        for (int n = 0; n < LAMBDAS; n++) {
            lambda *= FALL;
            w_K1 = fit(w_K1, lambda);
            long positive =
                    Arrays.stream(w_K1, 0, keys_K.length).filter(w -> w > 0).count();
            if (positive >= wanted) {
                break;
            }
        }
        FeatureScores.Builder weights = new FeatureScores.Builder();
        for (int k = 0; k < keys_K.length; k++) {
            if (w_K1[k] != 0) {
                weights.add(keys_K[k], w_K1[k]);
            }
        }
        return weights.build();
    }

    /** The smallest lambda that leaves no weight: the largest slope where all weights are 0 and the bias is right. */
    private double lambdaOfNoWeight() {
        double share = Arrays.stream(label_N).average().orElse(0.5);
        double[] w_K1 = new double[keys_K.length + 1];
        w_K1[keys_K.length] = Math.log((share + 1e-9) / (1 - share + 1e-9));
        double[] slope_K1 = slope(w_K1);
        double largest = 0;
        for (int k = 0; k < keys_K.length; k++) {
            largest = Math.max(largest, Math.abs(slope_K1[k]));
        }
        return largest;
    }

    private double[] fit(double[] start_K1, double lambda) {
        int k1 = start_K1.length;
        double[] w = start_K1.clone();
        double[] ahead = w.clone();
        double momentum = 1;
        for (int step = 0; step < STEPS; step++) {
            double[] slope = slope(ahead);
            double next = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
            for (int k = 0; k < k1; k++) {
                boolean isBias = k == k1 - 1;
                double moved = ahead[k] - largestStep * (slope[k] + (isBias ? 0 : RIDGE * ahead[k]));
                double shrunk =
                        isBias ? moved : Math.signum(moved) * Math.max(0, Math.abs(moved) - largestStep * lambda);
                ahead[k] = shrunk + (momentum - 1) / next * (shrunk - w[k]);
                w[k] = shrunk;
            }
            momentum = next;
        }
        return w;
    }

    /** Slope of the mean loss. */
    private double[] slope(double[] w_K1) {
        double[] slope = new double[w_K1.length];
        int bias = w_K1.length - 1;
        for (int i = 0; i < label_N.length; i++) {
            double score = w_K1[bias];
            for (int e = 0; e < columns_N[i].length; e++) {
                score += w_K1[columns_N[i][e]] * values_N[i][e];
            }
            double error = (1 / (1 + Math.exp(-score)) - label_N[i]) / label_N.length;
            for (int e = 0; e < columns_N[i].length; e++) {
                slope[columns_N[i][e]] += error * values_N[i][e];
            }
            slope[bias] += error;
        }
        return slope;
    }
}
