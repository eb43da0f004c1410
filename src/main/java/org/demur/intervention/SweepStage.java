package org.demur.intervention;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.demur.cells.HeldOut;
import org.demur.cells.PromptSample;
import org.demur.cells.StudyPrompt;
import org.demur.config.CanonicalJson;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;

/**
 * Lets the model answer every test prompt under every intervention of the grid, greedily, and publishes
 * {@code completions}. Finished batches survive a crash, which loses the answers that were growing and no others; the
 * published rows don't depend on how often it was resumed.
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
        return 5;
    }

    @Override
    public String parametersJson() {
        return CanonicalJson.of(settings);
    }

    @Override
    public List<String> inputs() {
        return settings.awaitsChoice()
                ? List.of("prompts", "train", "direction", "attribute", "tune")
                : List.of("prompts", "train", "direction", "attribute");
    }

    @Override
    public void execute(StageContext context) {
        Map<String, List<StudyPrompt>> promptsBySet = prompts(context);
        HeldOut heldOut = HeldOut.of(
                context.warehouse().read(Table.PROMPTS, context.input("prompts")), settings.heldOut(), settings.sets());
        heldOut.require(
                name(),
                settings.heldOut(),
                promptsBySet.values().stream().flatMap(List::stream).toList());
        Dataset<Row> generated = GridAnswers.of(context, settings.grid(), promptsBySet, settings.answers())
                .rows(name());
        publish(context, generated, heldOut);
        context.warehouse().removeScratch(context.run());
    }

    private Map<String, List<StudyPrompt>> prompts(StageContext context) {
        Map<String, List<StudyPrompt>> bySet = new LinkedHashMap<>();
        for (String set : settings.sets()) {
            bySet.put(set, PromptSample.draw(context, List.of(set), settings.maxPromptsPerSet(), "test-" + set));
        }
        return bySet;
    }

    private static void publish(StageContext context, Dataset<Row> generated, HeldOut heldOut) {
        Dataset<Row> rows = heldOut.mark(context.spark(), generated)
                .select(Stream.of(Table.COMPLETIONS.schema().fieldNames())
                        .map(functions::col)
                        .toArray(Column[]::new))
                .orderBy("cell_id", "prompt_id")
                .coalesce(1);
        context.warehouse().publish(Table.COMPLETIONS, context.run(), rows);
    }
}
