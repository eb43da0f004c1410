package org.demur.scoring;

import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.cells.Cell;
import org.demur.cells.CellEdits;
import org.demur.cells.Cells;
import org.demur.judge.Judging;
import org.demur.judge.NamedJudge;
import org.demur.judge.Subjects;
import org.demur.losses.CrossEntropyChange;
import org.demur.losses.HarmlessLosses;
import org.demur.losses.HarmlessTexts;
import org.demur.losses.ScoredText;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.statistics.Bootstrap;

/**
 * Judges every completion of the sweep, measures what each intervention costs on harmless text, and sums both up per
 * cell. Publishes {@code judgements}, {@code scores}, {@code judge_rates}, {@code judge_agreement},
 * {@code fluency}, {@code sweep_summary} and {@code method_comparison}.
 */
public final class ScoreStage implements Stage {
    /** Fixed, because the column comments of {@code sweep_summary} state it. */
    static final double CONFIDENCE = 0.95;

    private final ScoreSettings settings;

    /** A stage with these settings. */
    public ScoreStage(ScoreSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "score";
    }

    @Override
    public int version() {
        return 3;
    }

    @Override
    public String parametersJson() {
        return settings.canonicalJson();
    }

    @Override
    public List<String> inputs() {
        return List.of("prompts", "train", "direction", "attribute", "sweep");
    }

    @Override
    public Map<String, String> sourceDigests() {
        return settings.judges().sourceDigests();
    }

    @Override
    public void execute(StageContext context) {
        Dataset<Row> completions = context.warehouse().read(Table.COMPLETIONS, context.input("sweep"));
        judge(context, completions);
        Map<String, CrossEntropyChange> changes = changes(context, Cells.read(completions));
        List<CellCounts> cells = CellCounts.of(
                context.warehouse().read(Table.SCORES, context.run()),
                context.warehouse().read(Table.PROMPTS, context.input("prompts")));
        context.warehouse()
                .publish(
                        Table.SWEEP_SUMMARY,
                        context.run(),
                        SummaryTable.of(context.spark(), cells, changes, fluency(context, completions)));
        compare(context);
    }

    private Map<String, FluencySummary> fluency(StageContext context, Dataset<Row> completions) {
        if (!context.warehouse().isPublished(Table.FLUENCY, context.run())) {
            Dataset<Row> prompts = context.warehouse().read(Table.PROMPTS, context.input("prompts"));
            Dataset<Row> rows = new FluencyTable(context, settings.fluency()).of(completions, prompts);
            context.warehouse().publish(Table.FLUENCY, context.run(), rows);
        }
        Bootstrap bootstrap = new Bootstrap(
                settings.fluency().bootstrapResamples(),
                CONFIDENCE,
                context.seed().derive("fluency bootstrap"));
        return FluencySummary.read(context.warehouse().read(Table.FLUENCY, context.run()), bootstrap);
    }

    private Map<String, CrossEntropyChange> changes(StageContext context, List<Cell> cells) {
        if (settings.crossEntropy().sets().isEmpty()) {
            return Map.of();
        }
        List<ScoredText> texts = HarmlessTexts.draw(
                context.warehouse().read(Table.PROMPTS, context.input("prompts")),
                settings.crossEntropy(),
                context.seed());
        return new HarmlessLosses(context, name(), settings.crossEntropy())
                .changes(CellEdits.load(context), cells, texts);
    }

    private void compare(StageContext context) {
        Bootstrap bootstrap = new Bootstrap(
                settings.comparison().bootstrapResamples(),
                CONFIDENCE,
                context.seed().derive("method comparison bootstrap"));
        List<JudgedCell> cells = JudgedCell.read(
                context.warehouse().read(Table.SCORES, context.run()),
                context.warehouse().read(Table.SWEEP_SUMMARY, context.run()));
        Dataset<Row> rows =
                new MethodComparison(settings.comparison().references(), bootstrap).of(context.spark(), cells);
        context.warehouse().publish(Table.METHOD_COMPARISON, context.run(), rows);
    }

    private void judge(StageContext context, Dataset<Row> completions) {
        List<NamedJudge> judges = settings.judges().judges();
        Subjects subjects = Subjects.of(completions, context.warehouse().read(Table.PROMPTS, context.input("prompts")));
        Dataset<Row> judgements = Judging.publish(context, judges, subjects);
        Dataset<Row> scores =
                ScoreTable.of(context.spark(), subjects, settings.judges().first(), judgements);
        context.warehouse().publish(Table.SCORES, context.run(), scores);
        Dataset<Row> rates = JudgeRates.of(context.spark(), subjects, judges, judgements);
        context.warehouse().publish(Table.JUDGE_RATES, context.run(), rates);
        Dataset<Row> agreement = JudgeAgreement.of(context.spark(), subjects, judges, judgements);
        context.warehouse().publish(Table.JUDGE_AGREEMENT, context.run(), agreement);
    }
}
