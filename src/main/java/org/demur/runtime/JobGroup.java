package org.demur.runtime;

import org.apache.spark.SparkContext;

/**
 * Names the Spark jobs of a step, for the user interface and for cancelling, until it is closed. Descriptions hold no
 * prompt text.
 */
public final class JobGroup implements AutoCloseable {
    private static final String ID = "spark.jobGroup.id";
    private static final String DESCRIPTION = "spark.job.description";

    private final SparkContext spark;
    private final String formerId;
    private final String formerDescription;

    private JobGroup(SparkContext spark) {
        this.spark = spark;
        this.formerId = spark.getLocalProperty(ID);
        this.formerDescription = spark.getLocalProperty(DESCRIPTION);
    }

    /** Names what this thread does next; the id of the group is the run. */
    public static JobGroup start(StageContext context, String description) {
        SparkContext spark = context.spark().sparkContext();
        JobGroup group = new JobGroup(spark);
        spark.setJobGroup(context.run().value(), description, false);
        return group;
    }

    @Override
    public void close() {
        spark.setLocalProperty(ID, formerId);
        spark.setLocalProperty(DESCRIPTION, formerDescription);
    }
}
