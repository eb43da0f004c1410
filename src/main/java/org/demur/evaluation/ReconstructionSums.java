package org.demur.evaluation;

import java.io.Serializable;

/**
 * Float64 sums over rows x and reconstructions x', from which every metric of reconstruction follows; sums of parts add up
 * to the sums of the whole. The definitions are those of SAEBench's core evaluation, but for the explained variance, which
 * is taken about the mean of all rows instead of batch by batch.
 */
final class ReconstructionSums implements Serializable {
    private static final long serialVersionUID = 2L;

    private final double[] sum_D;
    private long rows;
    private double squares;
    private double hatSquares;
    private double products;
    private double squaredErrors;
    private double cosines;
    private double lengthRatios;

    ReconstructionSums(int width) {
        sum_D = new double[width];
    }

    /** Adds {@code x_BD.length / width} rows and their reconstructions. */
    void add(float[] x_BD, float[] xHat_BD) {
        int count = x_BD.length / sum_D.length;
        for (int row = 0; row < count; row++) {
            addRow(x_BD, xHat_BD, row * sum_D.length);
        }
        rows += count;
    }

    private void addRow(float[] x_BD, float[] xHat_BD, int from) {
        double square = 0;
        double hatSquare = 0;
        double product = 0;
        double squaredError = 0;
        for (int c = 0; c < sum_D.length; c++) {
            double x = x_BD[from + c];
            double hat = xHat_BD[from + c];
            sum_D[c] += x;
            square += x * x;
            hatSquare += hat * hat;
            product += x * hat;
            squaredError += (x - hat) * (x - hat);
        }
        squares += square;
        hatSquares += hatSquare;
        products += product;
        squaredErrors += squaredError;
        double lengths = Math.sqrt(square * hatSquare);
        cosines += lengths > 0 ? product / lengths : 0;
        lengthRatios += square > 0 ? Math.sqrt(hatSquare / square) : 0;
    }

    /** Adds the sums of another part. */
    void add(ReconstructionSums part) {
        rows += part.rows;
        squares += part.squares;
        hatSquares += part.hatSquares;
        products += part.products;
        squaredErrors += part.squaredErrors;
        cosines += part.cosines;
        lengthRatios += part.lengthRatios;
        for (int c = 0; c < sum_D.length; c++) {
            sum_D[c] += part.sum_D[c];
        }
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

    /** Mean squared error of an element. */
    double meanSquaredError() {
        return squaredErrors / rows / sum_D.length;
    }

    /** Mean cosine of row and reconstruction. */
    double cosine() {
        return cosines / rows;
    }

    /** Mean |x'| / |x|. */
    double lengthRatio() {
        return lengthRatios / rows;
    }

    /** E|x'|^2 / E[x x']: 1 without shrinkage, less where reconstructions are too short for their direction. */
    double relativeBias() {
        return hatSquares / products;
    }
}
