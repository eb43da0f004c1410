package org.demur.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Deals dictionaries to tasks: layer after layer, the largest first, each to the task that has least to do so far. Every task
 * keeps the order of the layers, so tasks of one process are mostly at the same layer.
 */
final class Assignment {
    private Assignment() {}

    /** The jobs of every task, which come in the order of their layers. */
    static List<List<LayerJob>> of(List<LayerJob> jobs, int tasks) {
        List<List<LayerJob>> dealt = new ArrayList<>();
        for (int task = 0; task < tasks; task++) {
            dealt.add(new ArrayList<>());
        }
        long[] load = new long[tasks];
        List<LayerJob> ordered = jobs.stream()
                .sorted(Comparator.comparingInt(
                                (LayerJob job) -> job.input().point().layer())
                        .thenComparing(job -> -job.variant().features()))
                .toList();
        for (LayerJob job : ordered) {
            int least = 0;
            for (int task = 1; task < tasks; task++) {
                if (load[task] < load[least]) {
                    least = task;
                }
            }
            dealt.get(least).add(job);
            load[least] += job.variant().features();
        }
        return dealt;
    }
}
