package org.demur.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** What the runs of one piece of work took, in their order. */
record Timings(List<Run> runs) {
    /**
     * One run.
     *
     * @param wall_s elapsed time
     * @param processor_s processor time of all threads of this process
     * @param foreign_s processor time of all other processes of the machine meanwhile; empty where it cannot be read
     */
    record Run(double wall_s, double processor_s, OptionalDouble foreign_s) {}

    /** Copies the list. */
    Timings {
        runs = List.copyOf(runs);
    }

    Spread wall_s() {
        return spread(Run::wall_s);
    }

    Spread processor_s() {
        return spread(Run::processor_s);
    }

    /** So much work per second of elapsed time. */
    Spread rate(double work) {
        return spread(run -> work / run.wall_s());
    }

    /** How many times as fast as {@code base} this was, run against run of the same round. */
    Spread speedAgainst(Timings base) {
        return Spread.of(IntStream.range(0, runs.size())
                .mapToDouble(i -> base.runs.get(i).wall_s() / runs.get(i).wall_s())
                .toArray());
    }

    /** Share of the machine that other processes used during all runs together. */
    OptionalDouble foreignShare() {
        if (runs.stream().anyMatch(run -> run.foreign_s().isEmpty())) {
            return OptionalDouble.empty();
        }
        double foreign_s =
                runs.stream().mapToDouble(run -> run.foreign_s().getAsDouble()).sum();
        double wall_s = runs.stream().mapToDouble(Run::wall_s).sum();
        return OptionalDouble.of(foreign_s / (wall_s * Runtime.getRuntime().availableProcessors()));
    }

    /** The figures of a report: {@code tokens_per_s}, {@code wall_s}, {@code cpu_s}, {@code foreign_cpu_share}. */
    Map<String, Object> figures(long tokens) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("tokens_per_s", rate(tokens));
        figures.put("wall_s", wall_s());
        figures.put("cpu_s", processor_s());
        foreignShare().ifPresent(share -> figures.put("foreign_cpu_share", share));
        return figures;
    }

    private Spread spread(ToDoubleFunction<Run> reading) {
        return Spread.of(runs.stream().mapToDouble(reading).toArray());
    }
}
