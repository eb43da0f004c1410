package org.demur.direction;

/** Gives a direction of any length the length that addition needs. */
final class DirectionProjection {
    private DirectionProjection() {}

    /**
     * The projection of the difference in means onto the direction: adding it takes the harmless mean to where the harmful
     * one lies along that direction, as adding the difference in means does along its own. It points to harmful even
     * where the direction does not.
     */
    static float[] of(double[] direction_D, double[] difference_D) {
        double square = 0;
        double product = 0;
        for (int i = 0; i < direction_D.length; i++) {
            square += direction_D[i] * direction_D[i];
            product += direction_D[i] * difference_D[i];
        }
        float[] projected_D = new float[direction_D.length];
        for (int i = 0; i < projected_D.length; i++) {
            projected_D[i] = (float) (direction_D[i] * product / square);
        }
        return projected_D;
    }
}
