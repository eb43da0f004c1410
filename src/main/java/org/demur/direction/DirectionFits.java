package org.demur.direction;

import java.util.Arrays;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;

/**
 * Finds directions as weighted sums of the samples. With fewer prompts than dimensions every fit happens in the span of the
 * prompts, so inner products are all it needs, and refits on resamples cost nothing per dimension. Shapes: N samples
 * of all, M samples drawn, each as often as drawn.
 */
final class DirectionFits {
    /** Of the iterations of Newton's method, which needs about ten. */
    private static final int MOST_STEPS = 60;

    private static final double CONVERGED = 1e-10;

    /** Cholesky's tolerance for the rounding of matrices that are symmetric by construction. */
    private static final double ASYMMETRY = 1e-8;

    /** Least share of the identity in the shrunk covariance, which keeps it invertible. */
    private static final double LEAST_SHRINKAGE = 1e-6;

    private final double[][] gram_NN;
    private final int nHarmful;
    private final int width;
    private final double penalty;

    /**
     * @param penalty of the logistic regression, on inputs scaled to mean square norm 1
     */
    DirectionFits(Samples samples, double penalty) {
        this.gram_NN = samples.gram();
        this.nHarmful = samples.nHarmful();
        this.width = samples.width();
        this.penalty = penalty;
    }

    /** Weights of all samples in the direction that the drawn ones give; both classes must be among them. */
    double[] weights(DirectionKind kind, int[] drawn) {
        double[][] k_MM = new double[drawn.length][drawn.length];
        double[] harmful_M = new double[drawn.length];
        for (int i = 0; i < drawn.length; i++) {
            harmful_M[i] = drawn[i] < nHarmful ? 1 : 0;
            for (int j = 0; j < drawn.length; j++) {
                k_MM[i][j] = gram_NN[drawn[i]][drawn[j]];
            }
        }
        double[] weight_M =
                switch (kind) {
                    case DIFFERENCE_IN_MEANS -> contrast(harmful_M);
                    case LDA -> whitened(k_MM, harmful_M);
                    case LOGISTIC -> logistic(k_MM, harmful_M);
                };
        double[] weight_N = new double[gram_NN.length];
        for (int i = 0; i < drawn.length; i++) {
            weight_N[drawn[i]] += weight_M[i];
        }
        return weight_N;
    }

    /** Cosine between two directions given by their weights. */
    double cosine(double[] a_N, double[] b_N) {
        return product(a_N, b_N) / Math.sqrt(product(a_N, a_N) * product(b_N, b_N));
    }

    /** Inner product of two directions. */
    double product(double[] a_N, double[] b_N) {
        double sum = 0;
        for (int i = 0; i < a_N.length; i++) {
            for (int j = 0; j < b_N.length; j++) {
                sum += a_N[i] * gram_NN[i][j] * b_N[j];
            }
        }
        return sum;
    }

    private static double[] contrast(double[] harmful_M) {
        double harmful = Arrays.stream(harmful_M).sum();
        double harmless = harmful_M.length - harmful;
        return Arrays.stream(harmful_M)
                .map(isHarmful -> isHarmful / harmful - (1 - isHarmful) / harmless)
                .toArray();
    }

    /**
     * (g v I + (1 - g) S)^-1 (difference in means), S the covariance within the classes, v its mean eigenvalue and g the
     * shrinkage of Ledoit and Wolf 2004, by the identity of Woodbury.
     */
    private double[] whitened(double[][] k_MM, double[] harmful_M) {
        int n = harmful_M.length;
        double[] contrast_M = contrast(harmful_M);
        double[] projected_M = new double[n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                projected_M[i] += k_MM[i][j] * contrast_M[j];
            }
        }
        centre(projected_M, harmful_M);
        centreRowsAndColumns(k_MM, harmful_M);
        double trace = 0;
        double squares = 0;
        double fourth = 0;
        for (int i = 0; i < n; i++) {
            trace += k_MM[i][i];
            fourth += k_MM[i][i] * k_MM[i][i];
            squares += Arrays.stream(k_MM[i]).map(x -> x * x).sum();
        }
        if (trace <= 0) {
            return contrast_M;
        }
        double mean = trace / n / width;
        double norm = squares / n / n;
        double noise = (fourth - n * norm) / n / n;
        double spread = norm - width * mean * mean;
        double shrinkage = spread > noise ? Math.max(LEAST_SHRINKAGE, noise / spread) : 1;
        double part = (1 - shrinkage) / (n * mean);
        double[] solved_M = solved(k_MM, part, shrinkage, projected_M);
        centre(solved_M, harmful_M);
        for (int i = 0; i < n; i++) {
            contrast_M[i] -= part * solved_M[i];
        }
        return contrast_M;
    }

    /** (identity I + factor K)^-1 right. */
    private static double[] solved(double[][] k_MM, double factor, double identity, double[] right_M) {
        double[][] sum_MM = new double[right_M.length][right_M.length];
        for (int i = 0; i < right_M.length; i++) {
            for (int j = 0; j < right_M.length; j++) {
                sum_MM[i][j] = factor * k_MM[i][j] + (i == j ? identity : 0);
            }
        }
        return new CholeskyDecomposition(new Array2DRowRealMatrix(sum_MM, false), ASYMMETRY, 0)
                .getSolver()
                .solve(new ArrayRealVector(right_M, false))
                .toArray();
    }

    /**
     * Minimises the mean logistic loss + penalty / 2 (|w|^2 + b^2) on inputs with mean 0 and mean square norm 1, by Newton's
     * method in the dual (Rasmussen and Williams 2006, algorithm 3.1) with halved steps where a full one overshoots.
     */
    private double[] logistic(double[][] k_MM, double[] harmful_M) {
        int n = harmful_M.length;
        double[] one_M = new double[n];
        Arrays.fill(one_M, 1);
        centreRowsAndColumns(k_MM, one_M);
        double scale = 0;
        for (int i = 0; i < n; i++) {
            scale += k_MM[i][i] / n;
        }
        if (scale <= 0) {
            return contrast(harmful_M);
        }
        for (double[] row_M : k_MM) {
            for (int j = 0; j < n; j++) {
                row_M[j] = (row_M[j] / scale + 1) / (penalty * n);
            }
        }
        LogisticDual dual = new LogisticDual(k_MM, harmful_M);
        for (int step = 0; step < MOST_STEPS && dual.step() > CONVERGED; step++) {
            continue;
        }
        double[] weight_M = dual.weights();
        centre(weight_M, one_M);
        return weight_M;
    }

    /** Takes the mean of each class from its values. */
    private static void centre(double[] value_M, double[] class_M) {
        double[] sums = new double[2];
        int[] counts = new int[2];
        for (int i = 0; i < value_M.length; i++) {
            sums[(int) class_M[i]] += value_M[i];
            counts[(int) class_M[i]]++;
        }
        for (int i = 0; i < value_M.length; i++) {
            value_M[i] -= sums[(int) class_M[i]] / counts[(int) class_M[i]];
        }
    }

    private static void centreRowsAndColumns(double[][] k_MM, double[] class_M) {
        for (double[] row_M : k_MM) {
            centre(row_M, class_M);
        }
        double[] column_M = new double[k_MM.length];
        for (int j = 0; j < k_MM.length; j++) {
            for (int i = 0; i < k_MM.length; i++) {
                column_M[i] = k_MM[i][j];
            }
            centre(column_M, class_M);
            for (int i = 0; i < k_MM.length; i++) {
                k_MM[i][j] = column_M[i];
            }
        }
    }
}
