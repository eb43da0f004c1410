package org.demur.training;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.util.LongAccumulator;
import org.demur.engine.NativeProduct;
import org.demur.rows.HeldRows;
import org.demur.sae.WorkCrew;
import org.demur.sae.train.Collective;

/**
 * Trains whole dictionaries, one after another, without any other task. The rows of a layer stay open from the first of its
 * dictionaries to the last, and all tasks of a process share them.
 */
final class ManyTask implements FlatMapFunction<Iterator<List<LayerJob>>, TaskOutcome>, Serializable {
    private static final long serialVersionUID = 1L;

    private final int threads;
    private final LongAccumulator rows;

    ManyTask(int threads, LongAccumulator rows) {
        this.threads = threads;
        this.rows = rows;
    }

    @Override
    public Iterator<TaskOutcome> call(Iterator<List<LayerJob>> groups) {
        List<TaskOutcome> outcomes = new ArrayList<>();
        groups.forEachRemaining(jobs -> outcomes.add(TaskOutcome.of(TaskContext.getPartitionId(), () -> train(jobs))));
        return outcomes.iterator();
    }

    private List<LayerResult> train(List<LayerJob> jobs) {
        List<LayerResult> results = new ArrayList<>();
        try (WorkCrew crew = new WorkCrew(threads)) {
            int from = 0;
            while (from < jobs.size()) {
                int to = from + 1;
                while (to < jobs.size()
                        && jobs.get(to)
                                .input()
                                .point()
                                .equals(jobs.get(from).input().point())) {
                    to++;
                }
                try (HeldRows held =
                        HeldRows.of(LayerTraining.requests(jobs.get(from), Collective.alone()), Scratch.folder())) {
                    for (LayerJob job : jobs.subList(from, to)) {
                        results.add(LayerTraining.run(job, Collective.alone(), crew, NativeProduct::new, rows::add));
                    }
                }
                from = to;
            }
        }
        return results;
    }
}
