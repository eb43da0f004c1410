package org.demur.sae.train;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sign descent with a running average of iterates (Defazio et al. 2024, "The Road Less Scheduled", eq. 3-5): the base iterate
 * {@code z} steps by the sign of the gradient taken at {@code y = (1 - b) z + b x}, and {@code x} is the weighted mean of
 * all {@code z}. In training the weights hold {@code y}; {@link #finish} leaves {@code x}.
 *
 * @param mixing b, the share of the average in the point where gradients are taken
 */
public record ScheduleFreeOptimiser(double mixing) implements RowOptimiser {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;

    /** Mixing 0.95. */
    public static ScheduleFreeOptimiser standard() {
        return new ScheduleFreeOptimiser(0.95);
    }

    @Override
    public int states() {
        return 1;
    }

    @Override
    public int iterates() {
        return 1;
    }

    @Override
    public void begin(Row row) {
        System.arraycopy(row.weights(), row.at(), row.state()[0], row.stateAt(), row.length());
    }

    @Override
    public void update(Row row, float[] gradient, int from, Step step) {
        float toAverage = (float) (1 - 1 / mixing);
        float share = (float) step.averageWeight();
        float back = (float) (1 - mixing);
        float rate = (float) step.learningRate();
        FloatVector down = FloatVector.broadcast(SPECIES, -rate);
        FloatVector up = FloatVector.broadcast(SPECIES, rate);
        FloatVector zero = FloatVector.zero(SPECIES);
        float[] base = row.state()[0];
        int c = 0;
        for (; c + SPECIES.length() <= row.length(); c += SPECIES.length()) {
            FloatVector y = FloatVector.fromArray(SPECIES, row.weights(), row.at() + c);
            FloatVector z = FloatVector.fromArray(SPECIES, base, row.stateAt() + c);
            FloatVector g = FloatVector.fromArray(SPECIES, gradient, from + c);
            FloatVector x = z.sub(y).mul(toAverage).add(y);
            VectorMask<Float> rising = g.compare(VectorOperators.GT, zero);
            VectorMask<Float> falling = g.compare(VectorOperators.LT, zero);
            z = z.add(zero.blend(down, rising).blend(up, falling));
            x = z.sub(x).mul(share).add(x);
            z.intoArray(base, row.stateAt() + c);
            z.sub(x).mul(back).add(x).intoArray(row.weights(), row.at() + c);
        }
        for (; c < row.length(); c++) {
            float y = row.weights()[row.at() + c];
            float z = base[row.stateAt() + c];
            float x = (z - y) * toAverage + y;
            float g = gradient[from + c];
            z += g > 0 ? -rate : g < 0 ? rate : 0;
            x = (z - x) * share + x;
            base[row.stateAt() + c] = z;
            row.weights()[row.at() + c] = (z - x) * back + x;
        }
    }

    @Override
    public void finish(Row row) {
        float toAverage = (float) (1 - 1 / mixing);
        for (int c = 0; c < row.length(); c++) {
            float y = row.weights()[row.at() + c];
            row.weights()[row.at() + c] = (row.state()[0][row.stateAt() + c] - y) * toAverage + y;
        }
    }

    @Override
    public boolean movesIdleRows() {
        return true;
    }
}
