package org.demur.training;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.LongAccumulator;
import org.demur.engine.NativeProduct;
import org.demur.sae.WorkCrew;
import org.demur.sae.train.Collective;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/**
 * A worker as a task of a barrier stage: meets the others once, then trains one dictionary after another. If any worker fails, Spark runs
 * the whole stage again and training goes on from its checkpoints.
 */
final class TrainTask extends AbstractFunction1<Iterator<Integer>, Iterator<TaskOutcome>> implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final String THIS_JVM = UUID.randomUUID().toString();

    private final List<LayerJob> jobs;
    private final int threads;
    private final LongAccumulator rows;

    TrainTask(List<LayerJob> jobs, int threads, LongAccumulator rows) {
        this.jobs = List.copyOf(jobs);
        this.threads = threads;
        this.rows = rows;
    }

    @Override
    public Iterator<TaskOutcome> apply(Iterator<Integer> none) {
        BarrierTaskContext context = BarrierTaskContext.get();
        TaskOutcome outcome = TaskOutcome.of(context.partitionId(), () -> train(context));
        return CollectionConverters.asScala(List.of(outcome).iterator());
    }

    private List<LayerResult> train(BarrierTaskContext context) {
        List<LayerResult> results = new ArrayList<>();
        try (Collective workers = meet(context);
                WorkCrew crew = new WorkCrew(threads)) {
            for (LayerJob job : jobs) {
                LayerResult result = LayerTraining.run(job, workers, crew, NativeProduct::new, done -> {
                    if (workers.rank() == 0) {
                        rows.add(done);
                    }
                });
                if (workers.rank() == 0) {
                    results.add(result);
                }
            }
        }
        return results;
    }

    /** One exchange of addresses for all layers, because it takes Spark about a second. */
    private static Collective meet(BarrierTaskContext context) {
        int rank = context.partitionId();
        int size = context.getTaskInfos().length;
        if (size == 1) {
            return Collective.alone();
        }
        String meeting = context.stageId() + "." + context.stageAttemptNumber();
        LocalCollective local = LocalCollective.join(meeting, rank, size);
        SocketCollective.Listener listener = new SocketCollective.Listener(
                SparkEnv.get().blockManager().blockManagerId().host());
        String[] cards = context.allGather(THIS_JVM + " " + listener.address());
        if (Arrays.stream(cards).allMatch(card -> card.startsWith(THIS_JVM))) {
            listener.close();
            return local;
        }
        local.close();
        List<String> addresses = Arrays.stream(cards)
                .map(card -> card.substring(card.indexOf(' ') + 1))
                .toList();
        return SocketCollective.connect(listener, rank, addresses);
    }
}
