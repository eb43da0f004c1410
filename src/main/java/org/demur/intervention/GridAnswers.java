package org.demur.intervention;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.demur.cells.Cell;
import org.demur.cells.CellEdits;
import org.demur.cells.StudyPrompt;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;

/** A grid spelled out over prompt sets, and what the model answers under each of its cells, greedily. */
public final class GridAnswers {
    private final StageContext context;
    private final CellEdits edits;
    private final Map<String, List<StudyPrompt>> promptsBySet;
    private final List<Cell> cells;
    private final AnswerSettings settings;

    private GridAnswers(
            StageContext context,
            CellEdits edits,
            Map<String, List<StudyPrompt>> promptsBySet,
            List<Cell> cells,
            AnswerSettings settings) {
        this.context = context;
        this.settings = settings;
        this.edits = edits;
        this.promptsBySet = promptsBySet;
        this.cells = cells;
    }

    /**
     * The grid over these sets, from what the stages before published. The values that its cells borrow from other prompts
     * are published under the run of this stage.
     */
    public static GridAnswers of(
            StageContext context,
            List<GridRule> grid,
            Map<String, List<StudyPrompt>> promptsBySet,
            AnswerSettings settings) {
        CellEdits loaded = CellEdits.load(context);
        List<Cell> cells =
                SweepGrid.cells(grid, labels(promptsBySet), loaded.featureSets(), choices(context, grid)).stream()
                        .map(loaded::sealed)
                        .toList();
        ReferencePass reference = new ReferencePass(context, loaded.borrowing(cells));
        CellEdits edits = loaded.with(reference.run(loaded, settings.referencePrompts()));
        return new GridAnswers(context, edits, promptsBySet, cells, settings);
    }

    private static TunedChoices choices(StageContext context, List<GridRule> grid) {
        return grid.stream().anyMatch(GridRule::awaitsChoice)
                ? TunedChoices.read(context.warehouse().read(Table.TUNING, context.input("tune")))
                : TunedChoices.NONE;
    }

    /** The cells in the order of rules and sets. */
    public List<Cell> cells() {
        return cells;
    }

    /** What the cells do. */
    public CellEdits edits() {
        return edits;
    }

    /**
     * The rows of {@code completions}, but for whether a prompt served selection. Finished batches are kept in the scratch
     * folder of the stage's run, and a second call goes on from there; the rows don't depend on it.
     */
    public Dataset<Row> rows(String stage) {
        SweepRun run = new SweepRun(context, stage, settings, edits);
        List<String> files = run.answer(cells, promptsBySet);
        Dataset<Row> reasons = context.spark()
                .createDataFrame(
                        run.stopped().entrySet().stream()
                                .map(stop -> RowFactory.create(stop.getKey(), stop.getValue()))
                                .toList(),
                        StructType.fromDDL("cell_id STRING, early_stop STRING"));
        return context.spark()
                .read()
                .schema(Table.COMPLETIONS.schema())
                .option("mode", "FAILFAST")
                .json(files.toArray(new String[0]))
                .drop("early_stop")
                .join(reasons, new String[] {"cell_id"}, "left");
    }

    private static Map<String, Set<String>> labels(Map<String, List<StudyPrompt>> promptsBySet) {
        Map<String, Set<String>> labels = new LinkedHashMap<>();
        promptsBySet.forEach((set, prompts) -> {
            Set<String> ofSet = labels.computeIfAbsent(set, missing -> new TreeSet<>());
            prompts.forEach(prompt -> ofSet.add(prompt.label()));
        });
        return labels;
    }
}
