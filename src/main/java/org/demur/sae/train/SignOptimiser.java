package org.demur.sae.train;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Signum (Bernstein et al. 2018, algorithm 2): steps by the sign of a running mean of gradients, so the scale of the loss
 * does not matter and a rare feature moves as fast as a common one. Rows without a gradient rest.
 *
 * @param momentum decay of the mean
 */
public record SignOptimiser(double momentum) implements RowOptimiser {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;

    /** Momentum 0.9. */
    public static SignOptimiser standard() {
        return new SignOptimiser(0.9);
    }

    @Override
    public int states() {
        return 1;
    }

    @Override
    public void begin(Row row) {
        Arrays.fill(row.state()[0], row.stateAt(), row.stateAt() + row.length(), 0);
    }

    @Override
    public void update(Row row, float[] gradient, int from, Step step) {
        float keep = (float) momentum;
        float rate = (float) step.learningRate();
        FloatVector down = FloatVector.broadcast(SPECIES, -rate);
        FloatVector up = FloatVector.broadcast(SPECIES, rate);
        FloatVector zero = FloatVector.zero(SPECIES);
        float[] mean = row.state()[0];
        int c = 0;
        for (; c + SPECIES.length() <= row.length(); c += SPECIES.length()) {
            FloatVector g = FloatVector.fromArray(SPECIES, gradient, from + c);
            FloatVector m = FloatVector.fromArray(SPECIES, mean, row.stateAt() + c)
                    .mul(keep)
                    .add(g.mul(1 - keep));
            m.intoArray(mean, row.stateAt() + c);
            FloatVector change = zero.blend(down, m.compare(VectorOperators.GT, zero))
                    .blend(up, m.compare(VectorOperators.LT, zero));
            FloatVector.fromArray(SPECIES, row.weights(), row.at() + c)
                    .add(change)
                    .intoArray(row.weights(), row.at() + c);
        }
        for (; c < row.length(); c++) {
            int s = row.stateAt() + c;
            float m = mean[s] * keep + gradient[from + c] * (1 - keep);
            mean[s] = m;
            row.weights()[row.at() + c] -= m > 0 ? rate : m < 0 ? -rate : 0;
        }
    }

    @Override
    public void finish(Row row) {
        // The weights in training are the weights to publish.
    }

    @Override
    public boolean movesIdleRows() {
        return false;
    }
}
