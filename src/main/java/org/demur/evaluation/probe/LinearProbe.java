package org.demur.evaluation.probe;

/** A plane between two kinds of row, in the units of the rows; {@code weights} point to the positive kind. */
record LinearProbe(double[] weights, double bias) {
    /** Positive for rows on the positive side. */
    double score(double[] row) {
        double sum = bias;
        for (int c = 0; c < weights.length; c++) {
            sum += weights[c] * row[c];
        }
        return sum;
    }

    double norm() {
        double square = 0;
        for (double weight : weights) {
            square += weight * weight;
        }
        return Math.sqrt(square);
    }
}
