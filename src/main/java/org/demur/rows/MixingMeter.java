package org.demur.rows;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Measures how well minibatches are mixed, against uniform draws without replacement from the same rows. What uniform draws
 * give is found by making some, with a fixed seed.
 */
final class MixingMeter {
    private static final int REFERENCE_DRAWS = 8;

    private final RowIndex index;
    private final double[] expected;
    private final double expectedSquares;
    private final Counts uniform;
    private int[] before = new int[0];

    /**
     * What one minibatch shows.
     *
     * @param prompts distinct prompts
     * @param units distinct units
     * @param entropy of the prompts, in nats
     */
    record Counts(double prompts, double units, double entropy) {
        Counts plus(Counts other) {
            return new Counts(prompts + other.prompts, units + other.units, entropy + other.entropy);
        }

        Counts over(Counts other) {
            return new Counts(
                    prompts / other.prompts,
                    units / other.units,
                    // Draws from a single prompt have no entropy, whatever their order.
                    other.entropy == 0 ? 1 : entropy / other.entropy);
        }
    }

    /** A minibatch over uniform draws, and its correlation with the one before, 0 for the first. */
    record Reading(Counts ratio, double lag) {}

    /** Measures minibatches of {@code batchRows} rows of these pieces. */
    MixingMeter(RowIndex index, List<Piece> pieces, int batchRows) {
        this.index = index;
        int[] ranks = pieces.stream()
                .flatMapToInt(piece -> IntStream.range(piece.from(), piece.to()))
                .toArray();
        this.expected = new double[index.prompts()];
        for (int rank : ranks) {
            expected[index.prompt(rank)] += (double) batchRows / ranks.length;
        }
        this.expectedSquares = Arrays.stream(expected).map(e -> e * e).sum();
        this.uniform = uniform(ranks, batchRows);
    }

    private Counts uniform(int[] ranks, int batchRows) {
        SplittableRandom random = new SplittableRandom(batchRows);
        int rows = Math.min(batchRows, ranks.length);
        Counts sum = new Counts(0, 0, 0);
        for (int draw = 0; draw < REFERENCE_DRAWS; draw++) {
            for (int i = 0; i < rows; i++) {
                int j = i + random.nextInt(ranks.length - i);
                int swapped = ranks[i];
                ranks[i] = ranks[j];
                ranks[j] = swapped;
            }
            sum = sum.plus(counts(byPrompt(Arrays.copyOf(ranks, rows))));
        }
        return new Counts(
                sum.prompts() / REFERENCE_DRAWS, sum.units() / REFERENCE_DRAWS, sum.entropy() / REFERENCE_DRAWS);
    }

    /** Measures the next minibatch. */
    Reading measure(int[] ranks) {
        int[] counts = byPrompt(ranks);
        double lag = before.length == 0 ? 0 : correlation(before, counts);
        before = counts;
        return new Reading(counts(counts).over(uniform), lag);
    }

    private int[] byPrompt(int[] ranks) {
        int[] counts = new int[index.prompts()];
        for (int rank : ranks) {
            counts[index.prompt(rank)]++;
        }
        return counts;
    }

    private Counts counts(int[] byPrompt) {
        int rows = Arrays.stream(byPrompt).sum();
        int prompts = 0;
        int units = 0;
        int lastUnit = -1;
        double entropy = 0;
        for (int prompt = 0; prompt < byPrompt.length; prompt++) {
            if (byPrompt[prompt] > 0) {
                double share = (double) byPrompt[prompt] / rows;
                entropy -= share * Math.log(share);
                prompts++;
                int unit = index.unitOfPrompt(prompt);
                units += unit == lastUnit ? 0 : 1;
                lastUnit = unit;
            }
        }
        return new Counts(prompts, units, entropy);
    }

    /** Correlation of the deviations from the expected counts. */
    private double correlation(int[] one, int[] two) {
        double product = expectedSquares;
        double first = expectedSquares;
        double second = expectedSquares;
        for (int prompt = 0; prompt < expected.length; prompt++) {
            double e = expected[prompt];
            product += (double) one[prompt] * two[prompt] - e * (one[prompt] + two[prompt]);
            first += one[prompt] * (one[prompt] - 2 * e);
            second += two[prompt] * (two[prompt] - 2 * e);
        }
        return first > 0 && second > 0 ? product / Math.sqrt(first * second) : 0;
    }
}
