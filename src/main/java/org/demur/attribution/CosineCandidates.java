package org.demur.attribution;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The candidate set F_0: the features whose decoder rows point most along the refusal direction. */
final class CosineCandidates {
    private CosineCandidates() {}

    /**
     * The {@code k} features of one layer with the largest signed cosine, best first, lower index first among equals. The
     * same direction serves every layer (Yeo et al. 2025, section 3).
     *
     * @param w_dec_FD decoder rows, [F, d] row-major
     */
    static List<CandidateFeature> top(int layer, float[] w_dec_FD, float[] direction_D, int k) {
        double[] cosine_F = cosines(w_dec_FD, direction_D);
        return IntStream.range(0, cosine_F.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer j) -> -cosine_F[j]).thenComparing(j -> j))
                .limit(k)
                .map(j -> new CandidateFeature(layer, j, cosine_F[j]))
                .toList();
    }

    /** Cosine of every row with the direction in float64; -1 for a row of zeros, which points nowhere. */
    static double[] cosines(float[] w_dec_FD, float[] direction_D) {
        int d = direction_D.length;
        double[] cosine_F = new double[w_dec_FD.length / d];
        double directionSquare = 0;
        for (float value : direction_D) {
            directionSquare += (double) value * value;
        }
        for (int j = 0; j < cosine_F.length; j++) {
            double dot = 0;
            double square = 0;
            for (int i = 0; i < d; i++) {
                double value = w_dec_FD[j * d + i];
                dot += value * direction_D[i];
                square += value * value;
            }
            cosine_F[j] = square == 0 ? -1 : dot / Math.sqrt(square * directionSquare);
        }
        return cosine_F;
    }
}
