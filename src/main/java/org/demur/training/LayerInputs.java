package org.demur.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.demur.corpus.CorpusSeeds;
import org.demur.corpus.ExtractionFacts;
import org.demur.corpus.PromptKey;
import org.demur.corpus.ShardPlan;
import org.demur.corpus.UnitPlan;
import org.demur.corpus.UnitTable;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.rows.RowFilter;
import org.demur.rows.RowInput;
import org.demur.rows.RowOrigin;
import org.demur.runtime.StageContext;
import org.demur.sae.HeldOutPrompts;
import org.demur.schema.Table;
import org.demur.table.Manifest;
import org.demur.table.RunId;

/** Finds the rows of each layer in the tables that the extract stage read and published. */
final class LayerInputs {
    private final StageContext context;
    private final TrainSettings settings;
    private final Manifest activations;
    private final RowInput.Corpus corpus;

    LayerInputs(StageContext context, TrainSettings settings) {
        this.context = context;
        this.settings = settings;
        this.activations = context.warehouse().manifest(Table.ACTIVATIONS, context.input("extract"));
        Optional<ExtractionFacts> facts = ExtractionFacts.of(activations.facts());
        this.corpus = new RowInput.Corpus(
                facts.map(this::units).orElseGet(() -> UnitTable.of(List.of())),
                facts.filter(ExtractionFacts::isPartial)
                        .<RowOrigin>map(this::generated)
                        .orElseGet(RowOrigin.Stored::new),
                new RowInput.Sampling(
                        CorpusSeeds.sample(context.seed()), settings.rows().sampleRows()));
    }

    /** The published activations. */
    Manifest activations() {
        return activations;
    }

    /** The rows of a layer of the given width and median norm. */
    RowInput of(HookPoint point, int width, double medianNorm) {
        List<String> files = ofLayer(files(Table.ACTIVATIONS, activations), point);
        HeldOutPrompts heldOut = new HeldOutPrompts(
                CorpusSeeds.heldOut(context.seed()), settings.rows().heldOutFraction());
        RowFilter filter = new RowFilter(
                medianNorm * settings.rows().outlierMultiple(), settings.rows().excludedClasses(), heldOut);
        return new RowInput(point, width, files, filter, corpus);
    }

    /** What dictionaries of a layer are trained on. */
    LayerJob.Rows rows(HookPoint point, int width, double medianNorm) {
        RowInput input = of(point, width, medianNorm);
        TrainedPoints points = settings.recipe().points();
        if (!points.second().isEmpty()) {
            SecondModel second = new SecondModel(context, points.second().get(0));
            second.requireFits(activations, point, width);
            return new LayerJob.Rows(input, new Beside.SecondModel(input.counterpart(second.files(point))));
        }
        for (Site output : points.outputs()) {
            return new LayerJob.Rows(input, new Beside.Output(input.partner(new HookPoint(output, point.layer()))));
        }
        return new LayerJob.Rows(input, new Beside.Nothing());
    }

    private List<String> files(Table table, Manifest manifest) {
        return files(context, table, manifest);
    }

    static List<String> files(StageContext context, Table table, Manifest manifest) {
        String folder = context.warehouse().catalog().root() + "/" + table.sqlName() + "/run=" + manifest.run();
        return manifest.files().stream().map(file -> folder + "/" + file.path()).toList();
    }

    static List<String> ofLayer(List<String> files, HookPoint point) {
        return files.stream()
                .filter(path -> path.contains("/layer=" + point.layer() + "/"))
                .toList();
    }

    private UnitTable units(ExtractionFacts facts) {
        List<ShardPlan.Length> prompts = new ArrayList<>();
        for (Row row : context.warehouse()
                .read(Table.PROMPTS, new RunId(facts.promptsRun()))
                .select("set_name", "prompt_id", "kind", "n_tokens")
                .collectAsList()) {
            if (facts.sets().contains(row.getString(0))) {
                PromptKey key = new PromptKey(row.getString(0), row.getString(1), row.getString(2));
                prompts.add(new ShardPlan.Length(key, row.getInt(3)));
            }
        }
        return UnitTable.of(UnitPlan.units(prompts, facts.shards(), facts.maxTokens()));
    }

    private RowOrigin generated(ExtractionFacts facts) {
        Manifest prompts = context.warehouse().manifest(Table.PROMPTS, new RunId(facts.promptsRun()));
        return new RowOrigin.Generated(context.model(), facts.maxTokens(), files(Table.PROMPTS, prompts));
    }

    /** The point of a row of {@code activation_stats} that begins with layer and hook. */
    static HookPoint point(Row statistics) {
        return new HookPoint(Site.of(statistics.getString(1)), statistics.getInt(0));
    }
}
