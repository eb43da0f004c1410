package org.demur.sae.train;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Nested dictionaries (Bussmann et al. 2025): one BatchTopK selection over all features, and a reconstruction from every prefix
 * of them; the loss weighs the squared errors of all prefixes.
 *
 * @param k mean entries a row
 * @param ranking what is compared
 * @param widths one past the last feature of each prefix, ascending, the last being F
 * @param weighting how prefixes are weighed
 */
public record Matryoshka(double k, TopK.Ranking ranking, List<Integer> widths, Weighting weighting)
        implements ShardTopK {
    /** How prefixes are weighed. */
    public enum Weighting {
        /** The mean over prefixes. */
        MEAN,
        /** The plain sum, as SAELens has it. */
        SUM,
        /** One over the number of prefixes, and then the mean once more, as dictionary_learning has it. */
        MEAN_OF_SHARES
    }

    @Override
    public String label() {
        return "matryoshka";
    }

    @Override
    public int[] prefixes(int features) {
        int[] ends = widths.stream().mapToInt(Integer::intValue).toArray();
        boolean ascending = IntStream.range(1, ends.length).allMatch(i -> ends[i - 1] < ends[i]);
        if (ends.length == 0 || ends[0] < 1 || !ascending || ends[ends.length - 1] != features) {
            throw new IllegalArgumentException(
                    "Prefix widths must ascend and end with the number of features, " + features + ", not " + widths);
        }
        return ends;
    }

    @Override
    public double[] prefixWeights(int features) {
        double[] weights = new double[widths.size()];
        double n = weights.length;
        Arrays.fill(
                weights,
                switch (weighting) {
                    case MEAN -> 1 / n;
                    case SUM -> 1;
                    case MEAN_OF_SHARES -> 1 / (n * n);
                });
        return weights;
    }
}
