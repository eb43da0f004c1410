package org.demur.direction;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/**
 * The layers and positions at which directions are looked for. A place is {@code layer * positions + position}, positions
 * counted from the first post-instruction token.
 *
 * @param filter which prompts take part
 */
record Places(int layers, int positions, ShardReading.Filter filter) implements Serializable {

    /**
     * Rows of one shard at one place.
     *
     * @param shard number of the shard, by which rows are put in order
     */
    private record Part(int place, long shard, Side side, List<float[]> rows) implements Serializable {}

    /** The residuals at one place. */
    Samples samples(JavaRDD<ShardReading> read, int place) {
        return samples(read.zipWithIndex()
                .map(shard -> part(shard._1(), shard._2(), place))
                .collect());
    }

    /** Directions of these kinds at every place in order, one task fitting those of a place. */
    List<List<Candidate>> fitted(JavaRDD<ShardReading> read, List<DirectionKind> kinds, double penalty) {
        int places = layers * positions;
        return read.zipWithIndex()
                .flatMap(shard -> {
                    List<Part> parts = new ArrayList<>();
                    for (int place = 0; place < places; place++) {
                        parts.add(part(shard._1(), shard._2(), place));
                    }
                    return parts.iterator();
                })
                .mapToPair(part -> new Tuple2<>(part.place(), part))
                .groupByKey(layers)
                .mapValues(parts -> {
                    List<Part> ofPlace = new ArrayList<>();
                    parts.forEach(ofPlace::add);
                    return fitted(ofPlace, kinds, penalty);
                })
                .sortByKey()
                .values()
                .collect();
    }

    private List<Candidate> fitted(List<Part> parts, List<DirectionKind> kinds, double penalty) {
        int place = parts.get(0).place();
        Samples samples = samples(parts);
        DirectionFits fits = new DirectionFits(samples, penalty);
        double[] difference_D = samples.combined(fits.weights(DirectionKind.DIFFERENCE_IN_MEANS, samples.all()));
        return kinds.stream()
                .map(kind -> new Candidate(
                        place / positions,
                        place % positions - positions,
                        kind,
                        DirectionProjection.of(samples.combined(fits.weights(kind, samples.all())), difference_D)))
                .toList();
    }

    private Part part(ShardReading shard, long number, int place) {
        List<float[]> rows = shard.residuals(filter)
                .map(residual_LPD -> {
                    int d = residual_LPD.length / (layers * positions);
                    return Arrays.copyOfRange(residual_LPD, place * d, (place + 1) * d);
                })
                .toList();
        return new Part(place, number, shard.side(), rows);
    }

    private static Samples samples(List<Part> parts) {
        List<Part> ordered =
                parts.stream().sorted(Comparator.comparingLong(Part::shard)).toList();
        return Samples.of(
                ordered.stream().filter(part -> part.side() == Side.HARMFUL).flatMap(part -> part.rows().stream()),
                ordered.stream().filter(part -> part.side() == Side.HARMLESS).flatMap(part -> part.rows().stream()));
    }
}
