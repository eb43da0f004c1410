package org.demur.cells;

import java.util.List;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.util.LongAccumulator;
import org.demur.runtime.StageContext;
import org.demur.runtime.TaskCounter;

/**
 * A Spark job of a stage: named for people, counted for the progress display.
 *
 * @param what stage and step, such as "direction: score candidates"
 * @param total units of work
 * @param unit what is counted, such as "candidates"
 */
public record StageJob(String what, long total, String unit) {

    /** Computes every element of the data set that {@code plan} makes; its tasks add to the accumulator. */
    public <T> List<T> collect(StageContext context, Function<LongAccumulator, JavaRDD<T>> plan) {
        var spark = context.spark().sparkContext();
        spark.setJobGroup(context.run().value(), what + ", " + total + " " + unit, true);
        try (TaskCounter counter = TaskCounter.start(context, what, total, unit)) {
            return plan.apply(counter.accumulator()).setName(what).collect();
        } finally {
            spark.clearJobGroup();
        }
    }
}
