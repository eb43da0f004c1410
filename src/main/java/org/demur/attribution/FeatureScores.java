package org.demur.attribution;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A score for some features of several SAEs.
 *
 * @param keys {@link FeatureId#key()}, ascending
 * @param values score of each
 */
record FeatureScores(long[] keys, double[] values) implements Serializable {
    /** No feature at all. */
    static final FeatureScores NONE = new FeatureScores(new long[0], new double[0]);

    /** Scores of some features. */
    static FeatureScores of(Map<FeatureId, Double> scores) {
        TreeMap<Long, Double> ordered = new TreeMap<>();
        scores.forEach((id, score) -> ordered.put(id.key(), score));
        return new FeatureScores(
                ordered.keySet().stream().mapToLong(Long::longValue).toArray(),
                ordered.values().stream().mapToDouble(Double::doubleValue).toArray());
    }

    int size() {
        return keys.length;
    }

    FeatureId id(int i) {
        return FeatureId.of(keys[i]);
    }

    /** The feature's score, where it has one. */
    OptionalDouble of(FeatureId id) {
        int at = Arrays.binarySearch(keys, id.key());
        return at < 0 ? OptionalDouble.empty() : OptionalDouble.of(values[at]);
    }

    /** Places of the features, best score first, the earlier feature first among equals. */
    int[] order() {
        return IntStream.range(0, size())
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -values[i]).thenComparing(i -> i))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The {@code n} best features, or as many as there are. */
    List<FeatureId> best(int n) {
        return IntStream.of(order()).limit(n).mapToObj(this::id).toList();
    }

    /** The {@code n} best features with a score above 0, or as many as there are. */
    List<FeatureId> bestPositive(int n) {
        return IntStream.of(order())
                .limit(n)
                .filter(i -> values[i] > 0)
                .mapToObj(this::id)
                .toList();
    }

    /** Mean over several; a feature that one of them lacks counts as 0 there. Sums in the order of the list. */
    static FeatureScores mean(List<FeatureScores> all) {
        long[] keys = all.stream()
                .flatMapToLong(scores -> Arrays.stream(scores.keys))
                .sorted()
                .distinct()
                .toArray();
        double[] values = new double[keys.length];
        for (FeatureScores scores : all) {
            int at = 0;
            for (int i = 0; i < scores.size(); i++) {
                at = Arrays.binarySearch(keys, at, keys.length, scores.keys[i]);
                values[at] += scores.values[i] / all.size();
            }
        }
        return new FeatureScores(keys, values);
    }

    /** All scores times a factor. */
    FeatureScores times(double factor) {
        return new FeatureScores(
                keys, Arrays.stream(values).map(value -> value * factor).toArray());
    }

    /** Scores that grow layer by layer, in ascending order of layers. */
    static final class Builder {
        private long[] keys = new long[256];
        private double[] values = new double[256];
        private int size;

        /** Appends the features of a layer whose score is not 0. */
        void add(int layer, double[] score_F) {
            for (int j = 0; j < score_F.length; j++) {
                if (score_F[j] != 0) {
                    add(new FeatureId(layer, j).key(), score_F[j]);
                }
            }
        }

        /** Appends one feature; keys must ascend. */
        void add(long key, double score) {
            if (size == keys.length) {
                keys = Arrays.copyOf(keys, 2 * size);
                values = Arrays.copyOf(values, 2 * size);
            }
            keys[size] = key;
            values[size++] = score;
        }

        FeatureScores build() {
            return new FeatureScores(Arrays.copyOf(keys, size), Arrays.copyOf(values, size));
        }
    }
}
