package org.demur.attribution;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.cells.SelectedDirection;
import org.demur.runtime.StageContext;
import org.demur.sae.Sae;
import org.demur.schema.Table;

/** Writes the tables {@code attributions} and {@code feature_sets}. */
final class AttributionTables {
    private final StageContext context;
    private final AttributionSettings settings;
    private final SelectedDirection direction;
    private final Attributions result;

    AttributionTables(
            StageContext context, AttributionSettings settings, SelectedDirection direction, Attributions result) {
        this.context = context;
        this.settings = settings;
        this.direction = direction;
        this.result = result;
    }

    /** Publishes both; the SAEs give the cosines of random features. */
    void publish(Map<Integer, Sae> saes) {
        List<Row> attributions = new ArrayList<>();
        Map<String, String> facts = new TreeMap<>();
        for (AttributionMode mode : settings.modes()) {
            requireSome(mode);
            addGlobal(attributions, mode);
            result.used(mode).forEach(prompt -> addPrompt(attributions, prompt));
            facts.put(
                    mode.sqlName() + "_prompts_used",
                    String.valueOf(result.used(mode).size()));
            facts.put(mode.sqlName() + "_prompts_skipped", String.valueOf(result.skipped(mode)));
        }
        List<Row> sets = new FeatureSetRows(context.seed(), settings, result, direction, saes).rows();
        write(Table.ATTRIBUTIONS, attributions, facts);
        write(Table.FEATURE_SETS, sets, facts);
    }

    private void requireSome(AttributionMode mode) {
        if (result.used(mode).isEmpty()) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "All " + result.skipped(mode) + " attribution prompts were skipped in mode " + mode.sqlName(),
                    "With the direction ablated the model still begins every answer with a refusal token, so there is"
                            + " no change to attribute.",
                    "Look at the bypass score of the selected direction; choose prompts that the model refuses.");
        }
    }

    private void addGlobal(List<Row> rows, AttributionMode mode) {
        double[] means = result.means(mode);
        int[] order = Attributions.order(means);
        int n = result.used(mode).size();
        for (int rank = 1; rank <= order.length; rank++) {
            CandidateFeature candidate = result.candidates().get(order[rank - 1]);
            rows.add(RowFactory.create(
                    mode.sqlName(),
                    "global",
                    String.join(",", settings.sets()),
                    null,
                    candidate.layer(),
                    candidate.feature(),
                    candidate.cosine(),
                    means[order[rank - 1]],
                    rank,
                    n,
                    null,
                    boxed(direction.refusalTokens())));
        }
    }

    private void addPrompt(List<Row> rows, PromptAttribution prompt) {
        int[] order = Attributions.order(prompt.scores());
        for (int rank = 1; rank <= order.length; rank++) {
            CandidateFeature candidate = result.candidates().get(order[rank - 1]);
            rows.add(RowFactory.create(
                    prompt.mode().sqlName(),
                    "prompt",
                    prompt.setName(),
                    prompt.promptId(),
                    candidate.layer(),
                    candidate.feature(),
                    candidate.cosine(),
                    prompt.scores()[order[rank - 1]],
                    rank,
                    1,
                    prompt.complianceToken(),
                    new Integer[] {prompt.refusalToken()}));
        }
    }

    private void write(Table table, List<Row> rows, Map<String, String> facts) {
        context.warehouse()
                .publish(
                        table,
                        context.run(),
                        context.spark().createDataFrame(rows, table.schema()).coalesce(1),
                        facts);
    }

    private static Integer[] boxed(int[] values) {
        return IntStream.of(values).boxed().toArray(Integer[]::new);
    }
}
