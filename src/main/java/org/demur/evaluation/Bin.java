package org.demur.evaluation;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A bar of a histogram.
 *
 * @param quantity what was counted, as spelled in the table
 * @param low lower edge, belongs to the bin; NaN for values that have no place on the scale
 * @param width distance of the edges
 * @param count how many values
 */
record Bin(String quantity, double low, double width, long count) implements Serializable {
    private static final double COSINE_WIDTH = 0.05;
    private static final double DENSITY_WIDTH = 0.25;
    private static final int ACTIVE_BINS = 40;

    /** Whether the bin holds what has no logarithm. */
    boolean isOffScale() {
        return Double.isNaN(low);
    }

    /** Upper edge, belongs to the next bin. */
    double high() {
        return rounded(low + width);
    }

    /** Cosines, 0.05 wide; the upper end 1 belongs to the last bin. */
    static List<Bin> cosines(String quantity, float[] values) {
        int bins = (int) Math.round(2 / COSINE_WIDTH);
        TreeMap<Integer, Long> counts = new TreeMap<>();
        for (float value : values) {
            int bin = (int) Math.floor((value + 1) / COSINE_WIDTH);
            counts.merge(Math.max(0, Math.min(bins - 1, bin)), 1L, Long::sum);
        }
        return bins(quantity, counts, -1, COSINE_WIDTH);
    }

    /** log10 of densities, a quarter wide; the upper end 0 belongs to the last bin, silent features have a bin off the scale. */
    static List<Bin> densities(String quantity, FeatureSums features) {
        TreeMap<Integer, Long> counts = new TreeMap<>();
        long silent = 0;
        for (int j = 0; j < features.features(); j++) {
            if (features.count(j) == 0) {
                silent++;
            } else {
                int bin = (int) Math.floor(Math.log10(features.density(j)) / DENSITY_WIDTH);
                counts.merge(Math.min(-1, bin), 1L, Long::sum);
            }
        }
        List<Bin> bins = bins(quantity, counts, 0, DENSITY_WIDTH);
        bins.add(new Bin(quantity, Double.NaN, 0, silent));
        return bins;
    }

    /** Rows by their number of active features, in whole numbers and at most {@value ACTIVE_BINS} bins. */
    static List<Bin> active(String quantity, FeatureSums features) {
        TreeMap<Integer, Long> rows = new TreeMap<>(features.rowsByActive());
        int first = rows.firstKey();
        int width = (rows.lastKey() - first + ACTIVE_BINS) / ACTIVE_BINS;
        TreeMap<Integer, Long> counts = new TreeMap<>();
        rows.forEach((active, count) -> counts.merge((active - first) / width, count, Long::sum));
        return bins(quantity, counts, first, width);
    }

    /** Every bin from the first to the last that holds a value. */
    private static List<Bin> bins(String quantity, TreeMap<Integer, Long> counts, double origin, double width) {
        if (counts.isEmpty()) {
            return new ArrayList<>();
        }
        return new ArrayList<>(IntStream.rangeClosed(counts.firstKey(), counts.lastKey())
                .mapToObj(bin -> new Bin(quantity, rounded(origin + bin * width), width, counts.getOrDefault(bin, 0L)))
                .toList());
    }

    /** Edges are multiples of a short decimal and shall be written like it. */
    private static double rounded(double edge) {
        return Math.rint(edge * 1e6) / 1e6;
    }
}
