package org.demur.sae.train;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Adam (Kingma and Ba 2015, algorithm 1) with exact moments on every row, whether it has a gradient or not.
 *
 * @param beta1 decay of the mean of gradients
 * @param beta2 decay of the mean of squared gradients
 * @param epsilon added to the root of the second moment; small, because the loss is normalised
 */
public record AdamOptimiser(double beta1, double beta2, double epsilon) implements RowOptimiser {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;

    /** The usual decays, with the epsilon of Gao et al. 2024. */
    public static AdamOptimiser standard() {
        return new AdamOptimiser(0.9, 0.999, 6.25e-10);
    }

    @Override
    public int states() {
        return 2;
    }

    @Override
    public void begin(Row row) {
        Arrays.fill(row.state()[0], row.stateAt(), row.stateAt() + row.length(), 0);
        Arrays.fill(row.state()[1], row.stateAt(), row.stateAt() + row.length(), 0);
    }

    @Override
    public void update(Row row, float[] gradient, int from, Step step) {
        double correction = Math.sqrt(1 - StrictMath.pow(beta2, step.number()));
        float rate = (float) (-step.learningRate() * correction / (1 - StrictMath.pow(beta1, step.number())));
        float floor = (float) (epsilon * correction);
        float b1 = (float) beta1;
        float b2 = (float) beta2;
        int c = 0;
        for (; c + SPECIES.length() <= row.length(); c += SPECIES.length()) {
            int s = row.stateAt() + c;
            FloatVector g = FloatVector.fromArray(SPECIES, gradient, from + c);
            FloatVector m =
                    FloatVector.fromArray(SPECIES, row.state()[0], s).mul(b1).add(g.mul(1 - b1));
            FloatVector v = FloatVector.fromArray(SPECIES, row.state()[1], s)
                    .mul(b2)
                    .add(g.mul(g).mul(1 - b2));
            m.intoArray(row.state()[0], s);
            v.intoArray(row.state()[1], s);
            FloatVector change =
                    m.mul(rate).div(v.lanewise(VectorOperators.SQRT).add(floor));
            FloatVector.fromArray(SPECIES, row.weights(), row.at() + c)
                    .add(change)
                    .intoArray(row.weights(), row.at() + c);
        }
        for (; c < row.length(); c++) {
            int s = row.stateAt() + c;
            float g = gradient[from + c];
            float m = row.state()[0][s] * b1 + g * (1 - b1);
            float v = row.state()[1][s] * b2 + g * g * (1 - b2);
            row.state()[0][s] = m;
            row.state()[1][s] = v;
            row.weights()[row.at() + c] += m * rate / ((float) Math.sqrt(v) + floor);
        }
    }

    @Override
    public void finish(Row row) {
        // Adam trains the very weights that are published.
    }

    @Override
    public boolean movesIdleRows() {
        return true;
    }
}
