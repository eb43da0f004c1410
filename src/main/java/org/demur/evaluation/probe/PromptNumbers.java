package org.demur.evaluation.probe;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Numbers by which prompts are described, one per dimension. */
sealed interface PromptNumbers permits ResidualNumbers, FeatureNumbers {
    int dimensions();

    double value(int prompt, int dimension);

    /** Adds {@code weight} times the numbers of a prompt to {@code sum}. */
    void addTo(double[] sum, int prompt, double weight);

    /** Mean over positive prompts minus mean over the others. */
    default double[] meanDifference(LabelledPrompts prompts) {
        double[] difference = new double[dimensions()];
        double positives = prompts.positives();
        double negatives = prompts.size() - positives;
        for (int i = 0; i < prompts.size(); i++) {
            addTo(difference, prompts.prompts()[i], prompts.positive()[i] ? 1 / positives : -1 / negatives);
        }
        return difference;
    }

    /** Dimensions with a difference of means, the largest first, of either sign; as many as there are up to {@code limit}. */
    default int[] mostDifferent(LabelledPrompts prompts, int limit) {
        double[] difference = meanDifference(prompts);
        return largest(Arrays.stream(difference).map(Math::abs).toArray(), limit);
    }

    /** Numbers of the largest values above 0, in that order; as many as there are up to {@code limit}. */
    static int[] largest(double[] values, int limit) {
        return IntStream.range(0, values.length)
                .filter(j -> values[j] > 0)
                .boxed()
                .sorted(Comparator.comparingDouble(j -> -values[j]))
                .limit(limit)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    default int[] every() {
        return IntStream.range(0, dimensions()).toArray();
    }

    /** A row a prompt with the chosen dimensions. */
    default double[][] matrix(LabelledPrompts prompts, int[] dimensions) {
        return Arrays.stream(prompts.prompts())
                .mapToObj(prompt -> Arrays.stream(dimensions)
                        .mapToDouble(j -> value(prompt, j))
                        .toArray())
                .toArray(double[][]::new);
    }

    /** A probe that reads these dimensions. */
    default LinearProbe fit(LabelledPrompts train, int[] dimensions) {
        return new LogisticRegression(matrix(train, dimensions), train.positive()).fit();
    }

    /** Which of the prompts the probe tells right. */
    default boolean[] right(LinearProbe probe, LabelledPrompts test, int[] dimensions) {
        double[][] rows = matrix(test, dimensions);
        boolean[] right = new boolean[rows.length];
        for (int i = 0; i < rows.length; i++) {
            right[i] = probe.score(rows[i]) > 0 == test.positive()[i];
        }
        return right;
    }
}
