package org.demur.direction;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.CholeskyDecomposition;

/**
 * Penalised logistic regression in the dual: scores f = K a, and the maximum of sum log sigmoid(+-f) - a'f / 2 (Rasmussen and
 * Williams 2006, section 3.4). Shape: M samples.
 */
final class LogisticDual {
    private static final double ASYMMETRY = 1e-8;
    private static final int MOST_HALVINGS = 30;

    private final double[][] k_MM;
    private final double[] target_M;
    private double[] a_M;
    private double[] f_M;
    private double value;

    LogisticDual(double[][] k_MM, double[] target_M) {
        this.k_MM = k_MM;
        this.target_M = target_M;
        this.a_M = new double[target_M.length];
        this.f_M = new double[target_M.length];
        this.value = objective(a_M, f_M);
    }

    /** Weights of the samples so far. */
    double[] weights() {
        return a_M.clone();
    }

    /** One step of Newton's method; returns by how much the objective rose, relative to its size. */
    double step() {
        double[] newton_M = newton();
        double before = value;
        for (double share = 1; share > Math.scalb(1, -MOST_HALVINGS); share /= 2) {
            double[] trial_M = new double[a_M.length];
            for (int i = 0; i < trial_M.length; i++) {
                trial_M[i] = a_M[i] + share * (newton_M[i] - a_M[i]);
            }
            double[] scores_M = times(trial_M);
            double reached = objective(trial_M, scores_M);
            if (reached >= before) {
                a_M = trial_M;
                f_M = scores_M;
                value = reached;
                return (reached - before) / (1 + Math.abs(before));
            }
        }
        return 0;
    }

    private double[] newton() {
        int n = a_M.length;
        double[] root_M = new double[n];
        double[] b_M = new double[n];
        for (int i = 0; i < n; i++) {
            double p = 1 / (1 + Math.exp(-f_M[i]));
            root_M[i] = Math.sqrt(p * (1 - p));
            b_M[i] = root_M[i] * root_M[i] * f_M[i] + target_M[i] - p;
        }
        double[] right_M = times(b_M);
        double[][] b_MM = new double[n][n];
        for (int i = 0; i < n; i++) {
            right_M[i] *= root_M[i];
            for (int j = 0; j < n; j++) {
                b_MM[i][j] = root_M[i] * k_MM[i][j] * root_M[j] + (i == j ? 1 : 0);
            }
        }
        double[] solved_M = new CholeskyDecomposition(new Array2DRowRealMatrix(b_MM, false), ASYMMETRY, 0)
                .getSolver()
                .solve(new ArrayRealVector(right_M, false))
                .toArray();
        for (int i = 0; i < n; i++) {
            b_M[i] -= root_M[i] * solved_M[i];
        }
        return b_M;
    }

    private double objective(double[] trial_M, double[] scores_M) {
        double sum = 0;
        for (int i = 0; i < trial_M.length; i++) {
            double margin = target_M[i] > 0 ? scores_M[i] : -scores_M[i];
            sum += Math.min(0, margin) - Math.log1p(Math.exp(-Math.abs(margin))) - trial_M[i] * scores_M[i] / 2;
        }
        return sum;
    }

    private double[] times(double[] vector_M) {
        double[] product_M = new double[vector_M.length];
        for (int i = 0; i < product_M.length; i++) {
            for (int j = 0; j < product_M.length; j++) {
                product_M[i] += k_MM[i][j] * vector_M[j];
            }
        }
        return product_M;
    }
}
