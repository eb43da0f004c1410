package org.demur.study;

import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.config.CanonicalJson;
import org.demur.schema.Table;
import org.demur.study.StudyPlan.PlannedStage;
import org.demur.table.Warehouse;
import scala.jdk.javaapi.CollectionConverters;

/** The row that a stage leaves in the table {@code runs}: what it was, what it read and what it wrote. */
final class RunRecord {
    private final StudyPlan plan;
    private final PlannedStage planned;
    private final Instant startedAt = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final long startedNanos = System.nanoTime();

    private RunRecord(StudyPlan plan, PlannedStage planned) {
        this.plan = plan;
        this.planned = planned;
    }

    /** Starts the clock. */
    static RunRecord begin(StudyPlan plan, PlannedStage planned) {
        return new RunRecord(plan, planned);
    }

    /** Seconds since the stage began. */
    double seconds() {
        return (System.nanoTime() - startedNanos) / 1e9;
    }

    /** Publishes the row, and by that the stage as a whole; answers the tables that the stage published. */
    List<Table> publish(Warehouse warehouse) {
        List<Table> tables = Arrays.stream(Table.values())
                .filter(table -> table != Table.RUNS && warehouse.isPublished(table, planned.run()))
                .toList();
        Map<String, String> digests = new TreeMap<>();
        tables.forEach(table -> digests.put(
                table.sqlName(), warehouse.manifest(table, planned.run()).contentDigest()));
        Map<String, String> inputs = new TreeMap<>();
        planned.inputs().forEach((stage, run) -> inputs.put(stage, run.value()));
        Row row = RowFactory.create(
                planned.stage().name(),
                plan.config().name(),
                planned.stage().version(),
                planned.stage().parametersJson(),
                CollectionConverters.asScala(inputs),
                plan.model().digest(),
                CodeVersion.text(),
                CollectionConverters.asScala(digests),
                Timestamp.from(startedAt),
                seconds(),
                hostFacts());
        warehouse.publishRows(Table.RUNS, planned.run(), List.of(row));
        return tables;
    }

    private static String hostFacts() {
        return CanonicalJson.of(Map.of(
                "java", System.getProperty("java.runtime.version"),
                "os", System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                "cores", Runtime.getRuntime().availableProcessors()));
    }
}
