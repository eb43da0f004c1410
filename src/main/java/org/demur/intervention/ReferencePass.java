package org.demur.intervention;

import static org.apache.spark.sql.functions.col;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.demur.cells.Borrowing;
import org.demur.cells.CellEdits;
import org.demur.cells.PromptSample;
import org.demur.cells.PromptShard;
import org.demur.cells.ReferenceValues;
import org.demur.cells.StageJob;
import org.demur.cells.StudyPrompt;
import org.demur.cells.TokenValues;
import org.demur.prompts.TextKey;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;

/** Reads the feature values that interventions take from other prompts, once for the whole grid, and publishes them. */
final class ReferencePass {
    private static final int PROMPTS_PER_TASK = 32;

    private final StageContext context;
    private final Borrowing borrowing;

    ReferencePass(StageContext context, Borrowing borrowing) {
        this.context = context;
        this.borrowing = borrowing;
    }

    /**
     * The values; the same ones when a sweep goes on.
     *
     * @param sample prompts of a set that is only averaged or drawn from, at most
     */
    ReferenceValues run(CellEdits edits, int sample) {
        ReferenceValues values = borrowing.isEmpty() ? ReferenceValues.NONE : read(edits, sample);
        Path staged = context.warehouse().stageFiles(CellEdits.REFERENCE_VALUES, context.run());
        values.write(staged);
        context.warehouse().publishFiles(CellEdits.REFERENCE_VALUES, context.run(), staged);
        return values;
    }

    private ReferenceValues read(CellEdits edits, int sample) {
        List<StudyPrompt> prompts = new ArrayList<>(PromptSample.all(context, borrowing.wholeSets()));
        for (String set : borrowing.sampledSets()) {
            prompts.addAll(PromptSample.draw(context, List.of(set), sample, "reference-" + set));
        }
        Map<String, List<String>> layouts = new TreeMap<>();
        PromptSample.all(context, borrowing.takers())
                .forEach(prompt ->
                        layouts.put(prompt.setName() + "/" + prompt.promptId(), List.of(prompt.tokenClasses())));
        return new ReferenceValues(borrowing.features(), values(edits, prompts), layouts, partners());
    }

    private List<TokenValues> values(CellEdits edits, List<StudyPrompt> prompts) {
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(context.spark().sparkContext());
        Broadcast<CellEdits> broadcast = spark.broadcast(edits);
        List<PromptShard> shards = PromptShard.ofSize(prompts, PROMPTS_PER_TASK);
        try {
            return new StageJob("sweep: read reference prompts", prompts.size(), "prompts")
                            .collect(context, counter -> spark.parallelize(shards, shards.size())
                                    .map(new ReferenceTask(
                                            context.model(),
                                            broadcast,
                                            borrowing.features(),
                                            borrowing.form(),
                                            counter)))
                            .stream()
                            .flatMap(List::stream)
                            .sorted(Comparator.comparing(TokenValues::set).thenComparing(TokenValues::promptId))
                            .toList();
        } finally {
            broadcast.destroy();
        }
    }

    /** Partners by key and prompt: the whole sets' prompt with the id, or the text, that the prompt's source row holds. */
    private Map<String, Map<String, String>> partners() {
        Map<String, Map<String, String>> byKey = new TreeMap<>();
        if (borrowing.keys().isEmpty()) {
            return byKey;
        }
        Map<String, String> known = new HashMap<>();
        for (Row row : rows(borrowing.wholeSets(), col("prompt"))) {
            known.put(row.getString(1), row.getString(1));
            known.putIfAbsent(TextKey.of(row.getString(2)).toString(), row.getString(1));
        }
        for (String key : borrowing.keys()) {
            Map<String, String> partners = new TreeMap<>();
            for (Row row : rows(borrowing.takers(), col("extra").getItem(key))) {
                String named = row.isNullAt(2) ? "" : row.getString(2);
                String partner = known.getOrDefault(
                        named, known.getOrDefault(TextKey.of(named).toString(), ""));
                partners.put(row.getString(0) + "/" + row.getString(1), partner);
            }
            byKey.put(key, partners);
        }
        return byKey;
    }

    private List<Row> rows(List<String> sets, Column value) {
        return context.warehouse()
                .read(Table.PROMPTS, context.input("prompts"))
                .where(col("kind").equalTo("chat").and(col("set_name").isin(sets.toArray())))
                .select(col("set_name"), col("prompt_id"), value)
                .orderBy("set_name", "prompt_id")
                .collectAsList();
    }
}
