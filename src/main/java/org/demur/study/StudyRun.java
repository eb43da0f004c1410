package org.demur.study;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.runtime.Progress;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.study.StudyPlan.PlannedStage;
import org.demur.table.Catalog;
import org.demur.table.RunId;
import org.demur.table.Warehouse;

/**
 * Carries a plan out. A stage counts as done when its row in {@code runs} is published, which happens last. Spark is
 * started by the first stage that has something to do.
 */
public final class StudyRun {
    private final StudyPlan plan;
    private final Supplier<SparkSession> sessions;
    private final Progress progress;
    private final StudyEvents events;
    private final Catalog catalog;

    /** Carries out {@code plan} in the warehouse of its job file. */
    public StudyRun(StudyPlan plan, Supplier<SparkSession> sessions, Progress progress, StudyEvents events) {
        this.plan = plan;
        this.sessions = sessions;
        this.progress = progress;
        this.events = events;
        this.catalog = new Catalog(plan.config().warehouse(), new Configuration());
    }

    /** What the warehouse of the study holds. */
    public Catalog catalog() {
        return catalog;
    }

    /** Whether the stage is done. */
    public boolean isPublished(PlannedStage planned) {
        return catalog.isPublished(Table.RUNS, planned.run());
    }

    /** Runs every stage that is not published yet. */
    public void all() {
        plan.stages().forEach(this::runUnlessPublished);
    }

    /** Runs one stage; fails with MISSING_INPUT when a stage it reads is not published. */
    public void one(String stage) {
        PlannedStage planned = plan.stage(stage);
        for (Map.Entry<String, RunId> input : planned.inputs().entrySet()) {
            if (!catalog.isPublished(Table.RUNS, input.getValue())) {
                throw new JobException(
                        ExitCode.MISSING_INPUT,
                        "Stage " + stage + " reads run " + input.getValue() + " of stage " + input.getKey()
                                + ", which is not published in " + catalog.root(),
                        "that stage has not run with the settings of this job file",
                        "run it first: jobs/demur " + input.getKey()
                                + " --conf FILE, or all of them: jobs/demur study");
            }
        }
        runUnlessPublished(planned);
    }

    private void runUnlessPublished(PlannedStage planned) {
        if (isPublished(planned)) {
            events.skipped(planned);
            return;
        }
        events.started(planned);
        SparkSession spark = sessions.get();
        Warehouse warehouse = new Warehouse(spark, catalog);
        warehouse.removeAbandonedStaging();
        RunRecord record = RunRecord.begin(plan, planned);
        planned.stage()
                .execute(new StageContext(
                        spark,
                        warehouse,
                        planned.run(),
                        planned.inputs(),
                        plan.model(),
                        plan.config().seed(),
                        progress));
        List<Table> tables = record.publish(warehouse);
        warehouse.removeScratch(planned.run());
        long rows = tables.stream()
                .mapToLong(table -> catalog.manifest(table, planned.run()).rows())
                .sum();
        events.published(planned, rows, record.seconds());
    }
}
