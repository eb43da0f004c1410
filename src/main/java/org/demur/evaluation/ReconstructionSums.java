package org.demur.evaluation;

import java.io.Serializable;
import java.util.BitSet;
import org.demur.sae.FeatureCodes;
import org.demur.sae.Sae;

/**
 * Float64 sums over rows x and reconstructions x', from which every metric of reconstruction follows; sums of parts add up
 * to the sums of the whole.
 */
final class ReconstructionSums implements Serializable {
    private static final long serialVersionUID = 1L;

    private final double[] sum_D;
    private final BitSet fired = new BitSet();
    private long rows;
    private long active;
    private double squares;
    private double squaredErrors;
    private double cosines;

    ReconstructionSums(int width) {
        sum_D = new double[width];
    }

    /** Adds {@code codes.rows()} rows of {@code x_BD} with their codes and reconstructions. */
    void add(float[] x_BD, float[] xHat_BD, FeatureCodes codes) {
        int d = sum_D.length;
        for (int row = 0; row < codes.rows(); row++) {
            double square = 0;
            double hatSquare = 0;
            double product = 0;
            for (int c = 0; c < d; c++) {
                double x = x_BD[row * d + c];
                double hat = xHat_BD[row * d + c];
                sum_D[c] += x;
                square += x * x;
                hatSquare += hat * hat;
                product += x * hat;
                squaredErrors += (x - hat) * (x - hat);
            }
            squares += square;
            double lengths = Math.sqrt(square * hatSquare);
            cosines += lengths > 0 ? product / lengths : 0;
        }
        rows += codes.rows();
        active += codes.active();
        for (int i = 0; i < codes.active(); i++) {
            fired.set(codes.indices()[i]);
        }
    }

    /** Adds the sums of another part. */
    void add(ReconstructionSums part) {
        rows += part.rows;
        active += part.active;
        squares += part.squares;
        squaredErrors += part.squaredErrors;
        cosines += part.cosines;
        fired.or(part.fired);
        for (int c = 0; c < sum_D.length; c++) {
            sum_D[c] += part.sum_D[c];
        }
    }

    /** Sums of rows that go through a dictionary. */
    static ReconstructionSums of(Sae sae, float[] x_BD, FeatureCodes codes) {
        float[] xHat_BD = new float[x_BD.length];
        sae.decode(codes, x_BD, xHat_BD);
        ReconstructionSums sums = new ReconstructionSums(sae.d());
        sums.add(x_BD, xHat_BD, codes);
        return sums;
    }

    /** Mean row. */
    float[] mean() {
        float[] mean = new float[sum_D.length];
        for (int c = 0; c < mean.length; c++) {
            mean[c] = (float) (sum_D[c] / rows);
        }
        return mean;
    }

    long rows() {
        return rows;
    }

    /** Fraction of variance unexplained: sum |x - x'|^2 / (sum |x|^2 - |sum x|^2 / n). */
    double fvu() {
        double ofSum = 0;
        for (double sum : sum_D) {
            ofSum += sum * sum;
        }
        return squaredErrors / (squares - ofSum / rows);
    }

    /** Mean number of active features per row. */
    double l0() {
        return (double) active / rows;
    }

    /** Share of features that fired on none of the rows. */
    double deadFraction(int features) {
        return 1 - (double) fired.cardinality() / features;
    }

    /** Mean cosine of row and reconstruction. */
    double cosine() {
        return cosines / rows;
    }
}
