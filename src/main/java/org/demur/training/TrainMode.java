package org.demur.training;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How tasks share the work of the train stage. */
enum TrainMode {
    /** All tasks train one dictionary after another, and every step sums the gradient over all shards. */
    SYNCHRONOUS,
    /** All tasks train one dictionary after another; every shard trains a replica, and replicas meet after a round of steps. */
    ROUNDS,
    /** Every dictionary is trained by one task, with the steps of {@link #SYNCHRONOUS} and to the same bits. */
    MANY;

    /** The mode of a name in a job file. */
    static Optional<TrainMode> named(String label) {
        return Arrays.stream(values())
                .filter(mode -> mode.label().equals(label))
                .findFirst();
    }

    /** All names. */
    static List<String> labels() {
        return Arrays.stream(values()).map(TrainMode::label).toList();
    }

    /** Name in a job file. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
