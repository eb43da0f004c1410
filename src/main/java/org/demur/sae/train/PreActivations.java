package org.demur.sae.train;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Passes over one row of pre-activations. */
final class PreActivations {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;

    private PreActivations() {}

    /** Writes the features whose element is above {@code bound}, ascending; NaN counts as above, so that it shows in the loss. */
    static int above(float[] row_F, float bound, int features, int[] found) {
        int count = 0;
        int c = 0;
        for (; c + SPECIES.length() <= features; c += SPECIES.length()) {
            VectorMask<Float> hit = FloatVector.fromArray(SPECIES, row_F, c)
                    .compare(VectorOperators.LE, bound)
                    .not();
            if (hit.anyTrue()) {
                for (int i = c; i < c + SPECIES.length(); i++) {
                    found[count] = i;
                    count += row_F[i] <= bound ? 0 : 1;
                }
            }
        }
        for (; c < features; c++) {
            if (!(row_F[c] <= bound)) {
                found[count++] = c;
            }
        }
        return count;
    }

    /** Writes the features whose element is above their bound less {@code margin}, ascending. */
    static int above(float[] row_F, float[] bound_F, float margin, int features, int[] found) {
        int count = 0;
        int c = 0;
        for (; c + SPECIES.length() <= features; c += SPECIES.length()) {
            FloatVector bound = FloatVector.fromArray(SPECIES, bound_F, c).sub(margin);
            VectorMask<Float> hit = FloatVector.fromArray(SPECIES, row_F, c)
                    .compare(VectorOperators.LE, bound)
                    .not();
            if (hit.anyTrue()) {
                for (int i = c; i < c + SPECIES.length(); i++) {
                    found[count] = i;
                    count += row_F[i] <= bound_F[i] - margin ? 0 : 1;
                }
            }
        }
        for (; c < features; c++) {
            if (!(row_F[c] <= bound_F[c] - margin)) {
                found[count++] = c;
            }
        }
        return count;
    }
}
