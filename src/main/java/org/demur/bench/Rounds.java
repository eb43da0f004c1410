package org.demur.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Times pieces of work in turn, each once a round, so that a drift of the machine meets all of them alike.
 *
 * @param warmUps rounds that are not counted
 * @param runs rounds that are
 */
record Rounds(int warmUps, int runs) {

    /** The timings of each piece of work, under its name and in the given order. */
    Map<String, Timings> time(Map<String, Runnable> works) {
        Map<String, List<Timings.Run>> taken = new LinkedHashMap<>();
        works.keySet().forEach(name -> taken.put(name, new ArrayList<>()));
        for (int round = -warmUps; round < runs; round++) {
            for (Map.Entry<String, Runnable> work : works.entrySet()) {
                Timings.Run run = time(work.getValue());
                if (round >= 0) {
                    taken.get(work.getKey()).add(run);
                }
            }
        }
        Map<String, Timings> timings = new LinkedHashMap<>();
        taken.forEach((name, all) -> timings.put(name, new Timings(all)));
        return timings;
    }

    /** The timings of one piece of work. */
    Timings timeOne(Runnable work) {
        return time(Map.of("", work)).get("");
    }

    private static Timings.Run time(Runnable work) {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        OptionalDouble busy_s = ProcFiles.machineBusy_s();
        long processor_ns = system.getProcessCpuTime();
        long start_ns = System.nanoTime();
        work.run();
        double wall_s = (System.nanoTime() - start_ns) / 1e9;
        double own_s = (system.getProcessCpuTime() - processor_ns) / 1e9;
        return new Timings.Run(wall_s, own_s, foreign_s(busy_s, ProcFiles.machineBusy_s(), own_s));
    }

    private static OptionalDouble foreign_s(OptionalDouble before_s, OptionalDouble after_s, double own_s) {
        return before_s.isEmpty() || after_s.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.max(0, after_s.getAsDouble() - before_s.getAsDouble() - own_s));
    }
}
