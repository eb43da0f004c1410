package org.demur.direction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.apache.commons.math3.analysis.MultivariateFunction;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.optim.InitialGuess;
import org.apache.commons.math3.optim.MaxEval;
import org.apache.commons.math3.optim.SimpleBounds;
import org.apache.commons.math3.optim.nonlinear.scalar.GoalType;
import org.apache.commons.math3.optim.nonlinear.scalar.ObjectiveFunction;
import org.apache.commons.math3.optim.nonlinear.scalar.noderiv.BOBYQAOptimizer;
import org.junit.jupiter.api.Test;

/** Fits by inner products against the same fits in the space itself. */
class DirectionFitsTest {
    private static final int HARMFUL = 25;
    private static final int N = 45;
    private static final double PENALTY = 0.05;

    /** Two classes apart along the first axis, with noise that is larger along a slanted one. */
    private static Samples samples(int width) {
        return samples(width, 1);
    }

    private static Samples samples(int width, int times) {
        SplittableRandom random = new SplittableRandom(11);
        int harmful = times * HARMFUL;
        float[][] x_ND = new float[times * N][width];
        for (int i = 0; i < x_ND.length; i++) {
            double shared = random.nextGaussian() * 3;
            for (int k = 0; k < width; k++) {
                x_ND[i][k] = (float) (random.nextGaussian() + (k < 2 ? shared : 0));
            }
            x_ND[i][0] += i < harmful ? 2 : 0;
            x_ND[i][width - 1] += 5;
        }
        return new Samples(x_ND, harmful);
    }

    private static double[] direction(Samples samples, DirectionKind kind) {
        return samples.combined(new DirectionFits(samples, PENALTY).weights(kind, samples.all()));
    }

    private static double cosine(double[] a_D, double[] b_D) {
        RealVector a = new ArrayRealVector(a_D);
        return a.cosine(new ArrayRealVector(b_D));
    }

    private static RealVector mean(Samples samples, int from, int to) {
        RealVector sum = new ArrayRealVector(samples.width());
        for (int i = from; i < to; i++) {
            for (int k = 0; k < samples.width(); k++) {
                sum.addToEntry(k, samples.x_ND()[i][k]);
            }
        }
        return sum.mapDivide(to - from);
    }

    private static RealMatrix withinClasses(Samples samples) {
        RealMatrix centred = new Array2DRowRealMatrix(N, samples.width());
        for (int i = 0; i < N; i++) {
            RealVector mean = i < HARMFUL ? mean(samples, 0, HARMFUL) : mean(samples, HARMFUL, N);
            for (int k = 0; k < samples.width(); k++) {
                centred.setEntry(i, k, samples.x_ND()[i][k] - mean.getEntry(k));
            }
        }
        return centred;
    }

    @Test
    void theDifferenceInMeansIsThat() {
        Samples samples = samples(6);
        RealVector expected = mean(samples, 0, HARMFUL).subtract(mean(samples, HARMFUL, N));

        double[] found = direction(samples, DirectionKind.DIFFERENCE_IN_MEANS);

        assertThat(new ArrayRealVector(found).getDistance(expected)).isLessThan(1e-12);
    }

    @Test
    void ldaIsTheDifferenceWhitenedByTheShrunkCovariance() {
        for (int width : new int[] {6, 80}) {
            Samples samples = samples(width);
            RealMatrix centred = withinClasses(samples);
            RealMatrix covariance = centred.transpose().multiply(centred).scalarMultiply(1.0 / N);
            double mean = covariance.getTrace() / width;
            double noise = 0;
            for (int i = 0; i < N; i++) {
                RealVector row = centred.getRowVector(i);
                double far = row.outerProduct(row).subtract(covariance).getFrobeniusNorm();
                noise += far * far / N / N;
            }
            RealMatrix identity = MatrixUtils.createRealIdentityMatrix(width);
            double spread = covariance.subtract(identity.scalarMultiply(mean)).getFrobeniusNorm();
            double shrinkage = Math.min(1, noise / spread / spread);
            RealMatrix shrunk = covariance.scalarMultiply(1 - shrinkage).add(identity.scalarMultiply(shrinkage * mean));
            RealVector expected = new LUDecomposition(shrunk)
                    .getSolver()
                    .solve(mean(samples, 0, HARMFUL).subtract(mean(samples, HARMFUL, N)));

            assertThat(shrinkage).isBetween(0.01, 0.99);
            assertThat(cosine(direction(samples, DirectionKind.LDA), expected.toArray()))
                    .as("width %d", width)
                    .isCloseTo(1, within(1e-10));
        }
    }

    @Test
    void theLogisticDirectionMinimisesThePenalisedLoss() {
        Samples samples = samples(3);
        RealVector mean = mean(samples, 0, N);
        double square = 0;
        for (float[] row : samples.x_ND()) {
            for (int k = 0; k < 3; k++) {
                square += Math.pow(row[k] - mean.getEntry(k), 2) / N;
            }
        }
        double scale = Math.sqrt(square);
        MultivariateFunction loss = w -> {
            double sum = PENALTY / 2 * (w[0] * w[0] + w[1] * w[1] + w[2] * w[2] + w[3] * w[3]);
            for (int i = 0; i < N; i++) {
                double score = w[3];
                for (int k = 0; k < 3; k++) {
                    score += w[k] * (samples.x_ND()[i][k] - mean.getEntry(k)) / scale;
                }
                sum += Math.log1p(Math.exp(i < HARMFUL ? -score : score)) / N;
            }
            return sum;
        };
        double[] best = new BOBYQAOptimizer(12, 0.5, 1e-10)
                .optimize(
                        new MaxEval(20_000),
                        new ObjectiveFunction(loss),
                        GoalType.MINIMIZE,
                        new InitialGuess(new double[4]),
                        new SimpleBounds(new double[] {-9, -9, -9, -9}, new double[] {9, 9, 9, 9}))
                .getPoint();

        double[] found = direction(samples, DirectionKind.LOGISTIC);

        assertThat(cosine(found, new double[] {best[0], best[1], best[2]})).isCloseTo(1, within(1e-8));
    }

    @Test
    void ldaLooksPastNoiseThatBothClassesShare() {
        Samples samples = samples(6, 20);
        // With noise along the sum of the first two axes, the whitened difference along the first tends to (10, -9) /
        // 19, and with 900 samples shrinkage is slight.
        double[] best = {10, -9, 0, 0, 0, 0};

        assertThat(cosine(direction(samples, DirectionKind.LDA), best))
                .isGreaterThan(0.98)
                .isGreaterThan(cosine(direction(samples, DirectionKind.DIFFERENCE_IN_MEANS), best) + 0.2);
    }

    @Test
    void cosinesOfWeightsAreThoseOfDirections() {
        Samples samples = samples(12);
        DirectionFits fits = new DirectionFits(samples, PENALTY);
        double[] a_N = fits.weights(DirectionKind.LDA, samples.all());
        double[] b_N = fits.weights(DirectionKind.LOGISTIC, new int[] {0, 3, 3, 7, 30, 31, 31, 44});

        assertThat(fits.cosine(a_N, b_N))
                .isCloseTo(cosine(samples.combined(a_N), samples.combined(b_N)), within(1e-12))
                .isBetween(-0.99, 0.99);
    }

    @Test
    void samplesWithoutSpreadLeaveTheDifference() {
        float[][] x_ND = {{2, 1}, {2, 1}, {1, 1}, {1, 1}};
        Samples samples = new Samples(x_ND, 2);

        assertThat(direction(samples, DirectionKind.LDA)).containsExactly(1, 0);
    }

    @Test
    void projectionsReachAsFarAsTheDifferenceInMeans() {
        float[] projected = DirectionProjection.of(new double[] {-2, 1}, new double[] {3, 4});

        assertThat(projected).containsExactly(0.8f, -0.4f);
    }
}
