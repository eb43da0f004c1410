package org.demur.ingest;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.model.FileDigest;
import org.demur.model.ModelBundle;
import org.demur.prompts.TextKey;
import org.demur.runtime.ModelSource;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;

/**
 * Reads the prompt sets of a job file, renders and tokenises them, and publishes the tables {@code prompts} and
 * {@code quarantine}. Every row read is in one of the two; the manifests hold the counts.
 */
public final class PromptsStage implements Stage {
    private final PromptsSettings settings;

    /** A stage with these settings. */
    public PromptsStage(PromptsSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "prompts";
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
        return List.of();
    }

    @Override
    public Map<String, String> sourceDigests() {
        Map<String, String> digests = new TreeMap<>();
        for (PromptSet set : settings.sets()) {
            if (!Files.isReadable(set.path())) {
                throw SourceFile.missing(set.path());
            }
            digests.put(set.name(), FileDigest.of(set.path()).sha256());
        }
        return digests;
    }

    /**
     * Publishes the quarantined rows first, so that they can be looked at when there are too many of them and the
     * stage fails with BAD_DATA.
     */
    @Override
    public void execute(StageContext context) {
        context.progress().start("prompts", settings.sets().size(), "sets");
        Map<String, SetIntake> intakes = new HashMap<>();
        try (ModelBundle bundle = ModelSource.open(context.model().path());
                PromptEncoder encoder = new PromptEncoder(bundle, settings.turnDate())) {
            for (PromptSet set : settings.inReadingOrder()) {
                Set<TextKey> elsewhere = new HashSet<>();
                set.selection()
                        .dropIn()
                        .forEach(name -> elsewhere.addAll(intakes.get(name).keys()));
                SetIntake intake = new SetIntake(set, encoder, elsewhere);
                read(set, encoder, context.spark(), intake);
                intakes.put(set.name(), intake);
                context.progress().advance(1);
            }
        }
        context.progress().done();
        publish(
                context,
                settings.sets().stream().map(set -> intakes.get(set.name())).toList());
    }

    private static void read(PromptSet set, PromptEncoder encoder, SparkSession spark, SetIntake intake) {
        switch (set.format()) {
            case JSONL -> new JsonLinesReader().read(set, intake::take);
            case CSV -> new CsvReader().read(set, intake::take);
            case PARQUET -> new ParquetReader(spark).read(set, intake::take);
            case TXT -> new TextWindows(encoder.tokenizer()).read(set, intake::take);
        }
    }

    private void publish(StageContext context, List<SetIntake> intakes) {
        List<Row> rows = new ArrayList<>();
        List<Row> bad = new ArrayList<>();
        long accepted = 0;
        long leftOut = 0;
        for (SetIntake intake : intakes) {
            rows.addAll(intake.published());
            bad.addAll(intake.quarantined());
            accepted += intake.accepted();
            leftOut += intake.leftOut();
        }
        long read = accepted + bad.size();
        long defects = bad.size() - leftOut;
        Map<String, String> counts = Map.of(
                "source_rows_read", Long.toString(read),
                "source_rows_published", Long.toString(accepted),
                "source_rows_quarantined", Long.toString(defects),
                "source_rows_left_out", Long.toString(leftOut));
        publish(context, Table.QUARANTINE, bad, counts);
        if (settings.quarantineLimit().isExceeded(defects, read - leftOut)) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    defects + " of " + (read - leftOut) + " prompt rows are bad; the limit is "
                            + settings.quarantineLimit(),
                    "the table quarantine of run " + context.run() + " names file, line and reason of each",
                    "correct the files, or raise prompts.quarantine-limit");
        }
        publish(context, Table.PROMPTS, rows, counts);
    }

    private static void publish(StageContext context, Table table, List<Row> rows, Map<String, String> counts) {
        context.warehouse()
                .publish(table, context.run(), context.spark().createDataFrame(rows, table.schema()), counts);
    }
}
