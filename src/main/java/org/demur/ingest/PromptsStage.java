package org.demur.ingest;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.model.FileDigest;
import org.demur.model.ModelBundle;
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
        List<SetIntake> intakes = new ArrayList<>();
        try (ModelBundle bundle = ModelSource.open(context.model().path());
                PromptEncoder encoder = new PromptEncoder(bundle, settings.turnDate())) {
            for (PromptSet set : settings.sets()) {
                intakes.add(intake(set, encoder, context.spark()));
                context.progress().advance(1);
            }
        }
        context.progress().done();
        publish(context, intakes);
    }

    private static SetIntake intake(PromptSet set, PromptEncoder encoder, SparkSession spark) {
        SetIntake intake = new SetIntake(set, encoder);
        switch (set.format()) {
            case JSONL -> new JsonLinesReader().read(set, intake::take);
            case CSV -> new CsvReader().read(set, intake::take);
            case PARQUET -> new ParquetReader(spark).read(set, intake::take);
            case TXT -> new TextWindows(encoder.tokenizer()).read(set, intake::take);
        }
        return intake;
    }

    private void publish(StageContext context, List<SetIntake> intakes) {
        List<Row> rows = new ArrayList<>();
        List<Row> bad = new ArrayList<>();
        long accepted = 0;
        for (SetIntake intake : intakes) {
            rows.addAll(intake.published());
            bad.addAll(intake.quarantined());
            accepted += intake.accepted();
        }
        long read = accepted + bad.size();
        Map<String, String> counts = Map.of(
                "source_rows_read", Long.toString(read),
                "source_rows_published", Long.toString(accepted),
                "source_rows_quarantined", Long.toString(bad.size()));
        publish(context, Table.QUARANTINE, bad, counts);
        if (settings.quarantineLimit().isExceeded(bad.size(), read)) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    bad.size() + " of " + read + " prompt rows are bad; the limit is " + settings.quarantineLimit(),
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
