package org.demur.intervention;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.demur.cells.Cell;
import org.demur.cells.CellEdits;
import org.demur.cells.HeldOut;
import org.demur.cells.PromptSample;
import org.demur.cells.PromptShard;
import org.demur.cells.StageJob;
import org.demur.cells.StudyPrompt;
import org.demur.config.CanonicalJson;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;

/**
 * Lets the model answer every test prompt under every intervention of the grid, greedily, and publishes
 * {@code completions}. Finished parts survive a crash; the published rows don't depend on how often it was resumed.
 */
public final class SweepStage implements Stage {
    private final SweepSettings settings;

    /** A stage with these settings. */
    public SweepStage(SweepSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "sweep";
    }

    @Override
    public int version() {
        return 4;
    }

    @Override
    public String parametersJson() {
        return CanonicalJson.of(settings);
    }

    @Override
    public List<String> inputs() {
        return List.of("prompts", "train", "direction", "attribute");
    }

    @Override
    public void execute(StageContext context) {
        CellEdits loaded = CellEdits.load(context);
        Map<String, List<StudyPrompt>> promptsBySet = prompts(context);
        HeldOut heldOut = HeldOut.of(
                context.warehouse().read(Table.PROMPTS, context.input("prompts")), settings.heldOut(), settings.sets());
        heldOut.require(
                name(),
                settings.heldOut(),
                promptsBySet.values().stream().flatMap(List::stream).toList());
        List<Cell> cells = SweepGrid.cells(settings.grid(), labels(promptsBySet), loaded.featureSets()).stream()
                .map(loaded::sealed)
                .toList();
        ReferencePass reference = new ReferencePass(context, loaded.borrowing(cells));
        CellEdits edits = loaded.with(reference.run(loaded, settings.referencePrompts()));
        List<SweepPart> parts = new ArrayList<>();
        for (Cell cell : cells) {
            PromptShard.ofSize(promptsBySet.get(cell.setName()), settings.rowsPerTask())
                    .forEach(shard -> parts.add(new SweepPart(cell, shard)));
        }
        Path scratch = context.warehouse().scratch("sweep", context.run());
        List<String> files = generate(context, edits, parts, scratch);
        publish(context, files, heldOut);
        context.warehouse().removeScratch(context.run());
    }

    private Map<String, List<StudyPrompt>> prompts(StageContext context) {
        Map<String, List<StudyPrompt>> bySet = new LinkedHashMap<>();
        for (String set : settings.sets()) {
            bySet.put(set, PromptSample.draw(context, List.of(set), settings.maxPromptsPerSet(), "test-" + set));
        }
        return bySet;
    }

    private static Map<String, Set<String>> labels(Map<String, List<StudyPrompt>> promptsBySet) {
        Map<String, Set<String>> labels = new LinkedHashMap<>();
        promptsBySet.forEach((set, prompts) -> {
            Set<String> ofSet = labels.computeIfAbsent(set, missing -> new TreeSet<>());
            prompts.forEach(prompt -> ofSet.add(prompt.label()));
        });
        return labels;
    }

    private List<String> generate(StageContext context, CellEdits edits, List<SweepPart> parts, Path scratch) {
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(context.spark().sparkContext());
        Broadcast<CellEdits> broadcast = spark.broadcast(edits);
        long rows =
                parts.stream().mapToLong(part -> part.shard().prompts().size()).sum();
        GenerationLimits limits = new GenerationLimits(
                settings.maxNewTokens(), settings.minNewTokens(), settings.stopStrings(), settings.rowsAtOnce());
        List<SweepBatch> batches = SweepBatch.of(parts, settings.cellsPerTask());
        try {
            return new StageJob("sweep: generate", rows, "completions")
                            .collect(context, counter -> spark.parallelize(batches, batches.size())
                                    .map(new SweepTask(
                                            context.model(), broadcast, scratch.toString(), limits, counter)))
                            .stream()
                            .flatMap(List::stream)
                            .toList();
        } finally {
            broadcast.destroy();
        }
    }

    private static void publish(StageContext context, List<String> files, HeldOut heldOut) {
        Dataset<Row> generated = context.spark()
                .read()
                .schema(Table.COMPLETIONS.schema())
                .option("mode", "FAILFAST")
                .json(files.toArray(new String[0]));
        Dataset<Row> rows = heldOut.mark(context.spark(), generated)
                .select(Stream.of(Table.COMPLETIONS.schema().fieldNames())
                        .map(functions::col)
                        .toArray(Column[]::new))
                .orderBy("cell_id", "prompt_id")
                .coalesce(1);
        context.warehouse().publish(Table.COMPLETIONS, context.run(), rows);
    }
}
