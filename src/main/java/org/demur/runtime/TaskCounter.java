package org.demur.runtime;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.LongAccumulator;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Shows work done inside running tasks: tasks add to {@link #accumulator()}, executors report it with their
 * heartbeats, and the sum advances a {@link Progress}. For display only; an attempt that fails is counted twice.
 */
public final class TaskCounter extends SparkListener implements AutoCloseable {
    private final SparkSession spark;
    private final Progress progress;
    private final LongAccumulator accumulator;
    private final Map<Long, Long> latestByTask = new HashMap<>();
    private long shown;

    private TaskCounter(SparkSession spark, Progress progress, LongAccumulator accumulator) {
        this.spark = spark;
        this.progress = progress;
        this.accumulator = accumulator;
    }

    /** Starts to show a step of {@code total} units; close it when the job is over. */
    public static TaskCounter start(StageContext context, String what, long total, String unit) {
        LongAccumulator accumulator = context.spark().sparkContext().longAccumulator(what);
        TaskCounter counter = new TaskCounter(context.spark(), context.progress(), accumulator);
        context.progress().start(what, total, unit);
        context.spark().sparkContext().addSparkListener(counter);
        return counter;
    }

    /** What tasks add their finished units to. */
    public LongAccumulator accumulator() {
        return accumulator;
    }

    @Override
    public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
        CollectionConverters.asJava(update.accumUpdates()).forEach(task -> CollectionConverters.asJava(task._4())
                .forEach(info -> record((Long) task._1(), info)));
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
        CollectionConverters.asJava(end.taskInfo().accumulables())
                .forEach(info -> record(end.taskInfo().taskId(), info));
    }

    @Override
    public void close() {
        spark.sparkContext().removeSparkListener(this);
        progress.done();
    }

    private synchronized void record(long task, AccumulableInfo info) {
        if (info.id() == accumulator.id()
                && info.update().isDefined()
                && info.update().get() instanceof Long value) {
            latestByTask.merge(task, value, Math::max);
            long sum = latestByTask.values().stream().mapToLong(Long::longValue).sum();
            if (sum > shown) {
                progress.advance(sum - shown);
                shown = sum;
            }
        }
    }
}
