package org.demur.capability;

import static org.apache.spark.sql.functions.col;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.cells.Cell;
import org.demur.cells.CellEdits;
import org.demur.cells.Cells;
import org.demur.cells.StageJob;
import org.demur.losses.ScoredText;
import org.demur.model.FileDigest;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;

/**
 * Measures what the interventions of the sweep cost: benchmarks, prediction of fixed documents, and refusals where none is
 * due. Publishes {@code capability_items}, {@code capability} and {@code over_refusal}. Finished parts survive a crash; the
 * published rows don't depend on how often the stage was resumed. Without settings the tables are empty.
 */
public final class CapabilityStage implements Stage {
    private final CapabilitySettings settings;

    /** A stage with these settings. */
    public CapabilityStage(CapabilitySettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "capability";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public String parametersJson() {
        return settings.canonicalJson();
    }

    @Override
    public List<String> inputs() {
        return List.of("prompts", "train", "direction", "attribute", "sweep", "score");
    }

    @Override
    public Map<String, String> sourceDigests() {
        Map<String, String> digests = new TreeMap<>();
        for (BenchmarkSettings benchmark : settings.benchmarks()) {
            digests.put(benchmark.name(), digest(benchmark.path()));
            benchmark.examples().ifPresent(path -> digests.put(benchmark.name() + " examples", digest(path)));
        }
        return digests;
    }

    private static String digest(Path file) {
        if (!Files.isReadable(file)) {
            throw BenchmarkRows.missing(file);
        }
        return FileDigest.of(file).sha256();
    }

    @Override
    public void execute(StageContext context) {
        Path scratch = context.warehouse().scratch("capability", context.run());
        if (settings.isEmpty()) {
            publish(context, Table.CAPABILITY_ITEMS, List.of());
            publish(context, Table.CAPABILITY, List.of());
        } else {
            measure(context, scratch);
        }
        List<String> sets = settings.overRefusalSets();
        publish(context, Table.OVER_REFUSAL, sets.isEmpty() ? List.of() : new OverRefusal(context).rows(sets));
        context.warehouse().removeScratch(context.run());
    }

    private void measure(StageContext context, Path scratch) {
        CellEdits edits = CellEdits.load(context);
        List<Cell> cells = Cells.read(context.warehouse().read(Table.COMPLETIONS, context.input("sweep"))).stream()
                .filter(cell -> !edits.isOfPrompt(cell))
                .toList();
        List<Treatment> treatments = Treatments.choose(settings.cells(), cells);
        List<Probe> probes = new ArrayList<>(benchmarks(context));
        DocumentTexts documents = new DocumentTexts(context, settings);
        for (DocumentSettings entry : settings.documents()) {
            List<ScoredText> texts = documents.texts(entry, scratch);
            Benchmark.chunks(texts, settings.work().itemsPerTask(), text -> text.tokenIds().length)
                    .forEach(chunk -> probes.add(
                            new TextProbe(entry.name(), settings.measures().divergencePositions(), chunk)));
        }
        List<CapabilityPart> parts =
                CapabilityPart.of(probes, treatments, settings.work().cellsPerTask());
        publishItems(context, measure(context, edits, parts, scratch), documents.usedForSelection());
        Dataset<Row> items = context.warehouse().read(Table.CAPABILITY_ITEMS, context.run());
        CapabilityTable table = new CapabilityTable(settings.measures(), context.seed(), treatments);
        publish(context, Table.CAPABILITY, table.rows(items));
    }

    /** Publishes the quarantined rows first, so that they can be looked at when there are too many of them. */
    private List<Probe> benchmarks(StageContext context) {
        if (settings.benchmarks().isEmpty()) {
            return List.of();
        }
        List<Benchmark> benchmarks;
        try (ChatPrompts chat = ChatPrompts.of(context, settings.turnDate())) {
            benchmarks = settings.benchmarks().stream()
                    .map(one -> Benchmark.of(one, chat, settings.work().itemsPerTask()))
                    .toList();
        }
        List<Row> rejected = benchmarks.stream()
                .flatMap(one -> one.rejected().stream())
                .map(RejectedRow::tableRow)
                .toList();
        publish(context, Table.QUARANTINE, rejected);
        if (rejected.size() > settings.quarantineLimit()) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    rejected.size() + " benchmark rows are bad; the limit is " + settings.quarantineLimit(),
                    "the table quarantine of run " + context.run() + " names file, line and reason of each",
                    "correct the files, or raise capability.quarantine-limit");
        }
        return benchmarks.stream().flatMap(one -> one.probes().stream()).toList();
    }

    private List<String> measure(StageContext context, CellEdits edits, List<CapabilityPart> parts, Path scratch) {
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(context.spark().sparkContext());
        Broadcast<CellEdits> broadcast = spark.broadcast(edits);
        Subject.Limits limits =
                new Subject.Limits(settings.work().rowsAtOnce(), settings.work().maxTokensPerBatch());
        long total = parts.stream().mapToLong(CapabilityPart::measurements).sum();
        try {
            return new StageJob("capability: measure", total, "items")
                    .collect(context, finished -> spark.parallelize(parts, parts.size())
                            .map(new CapabilityTask(context.model(), broadcast, scratch.toString(), limits, finished)));
        } finally {
            broadcast.destroy();
        }
    }

    private static void publishItems(StageContext context, List<String> files, Set<String> usedForSelection) {
        Dataset<Row> rows = context.spark()
                .read()
                .schema(Table.CAPABILITY_ITEMS.schema())
                .option("mode", "FAILFAST")
                .json(files.toArray(new String[0]))
                .withColumn(
                        "used_for_selection",
                        col("metric").notEqual("accuracy").and(col("item_id").isin(usedForSelection.toArray())))
                .orderBy("benchmark", "metric", "mode", "intervention_id", "item_id")
                .coalesce(1);
        context.warehouse().publish(Table.CAPABILITY_ITEMS, context.run(), rows);
    }

    private static void publish(StageContext context, Table table, List<Row> rows) {
        context.warehouse()
                .publish(
                        table,
                        context.run(),
                        context.spark().createDataFrame(rows, table.schema()).coalesce(1));
    }
}
