package org.demur.evaluation.probe;

import org.apache.commons.math3.optim.InitialGuess;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.SimpleValueChecker;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunction;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunctionGradient;
import org.apache.commons.math3.optim.nonlinear.scalar.gradient.NonLinearConjugateGradientOptimizer;
import org.apache.commons.math3.optim.nonlinear.scalar.gradient.NonLinearConjugateGradientOptimizer.Formula;

/**
 * Logistic regression with an L2 penalty of half the squared weights (C = 1), as SAEBench's sparse probes. Rows are centred and
 * divided by one number, the root mean square of their elements, so that the penalty does not depend on the scale of a layer;
 * one number a column would make the weights of columns that hardly vary long, and the direction of the probe that of noise. The
 * bias is not penalised.
 *
 * <p>Legend: {@code N} rows, {@code K} columns; the last of {@code K + 1} parameters is the bias.
 */
final class LogisticRegression {
    private static final double TOLERANCE = 1e-9;
    private static final int MAX_ITERATIONS = 300;

    private final double[][] x_NK;
    private final boolean[] positive;
    private final double[] mean_K;
    private final double scale;

    LogisticRegression(double[][] rows_NK, boolean[] positive) {
        int k = rows_NK[0].length;
        this.positive = positive;
        this.mean_K = new double[k];
        this.x_NK = new double[rows_NK.length][k];
        double square = 0;
        for (int c = 0; c < k; c++) {
            for (double[] row : rows_NK) {
                mean_K[c] += row[c] / rows_NK.length;
            }
            for (int i = 0; i < rows_NK.length; i++) {
                x_NK[i][c] = rows_NK[i][c] - mean_K[c];
                square += x_NK[i][c] * x_NK[i][c];
            }
        }
        this.scale = square > 0 ? Math.sqrt(square / rows_NK.length / k) : 1;
        for (double[] row : x_NK) {
            for (int c = 0; c < k; c++) {
                row[c] /= scale;
            }
        }
    }

    /** The probe of the smallest loss. */
    LinearProbe fit() {
        SimpleValueChecker checker = new SimpleValueChecker(TOLERANCE, TOLERANCE, MAX_ITERATIONS);
        double[] parameters = new NonLinearConjugateGradientOptimizer(Formula.POLAK_RIBIERE, checker)
                .optimize(
                        new ObjectiveFunction(this::loss),
                        new ObjectiveFunctionGradient(this::gradient),
                        GoalType.MINIMIZE,
                        new InitialGuess(new double[mean_K.length + 1]),
                        MaxEval.unlimited())
                .getPoint();
        double[] weights = new double[mean_K.length];
        double bias = parameters[mean_K.length];
        for (int c = 0; c < weights.length; c++) {
            weights[c] = parameters[c] / scale;
            bias -= weights[c] * mean_K[c];
        }
        return new LinearProbe(weights, bias);
    }

    double loss(double[] parameters) {
        double loss = 0;
        for (int c = 0; c < mean_K.length; c++) {
            loss += 0.5 * parameters[c] * parameters[c];
        }
        for (int i = 0; i < x_NK.length; i++) {
            double margin = positive[i] ? score(parameters, i) : -score(parameters, i);
            loss += margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
        }
        return loss;
    }

    double[] gradient(double[] parameters) {
        double[] gradient = parameters.clone();
        gradient[mean_K.length] = 0;
        for (int i = 0; i < x_NK.length; i++) {
            double error = 1 / (1 + Math.exp(-score(parameters, i))) - (positive[i] ? 1 : 0);
            for (int c = 0; c < mean_K.length; c++) {
                gradient[c] += error * x_NK[i][c];
            }
            gradient[mean_K.length] += error;
        }
        return gradient;
    }

    private double score(double[] parameters, int row) {
        double sum = parameters[mean_K.length];
        for (int c = 0; c < mean_K.length; c++) {
            sum += parameters[c] * x_NK[row][c];
        }
        return sum;
    }
}
