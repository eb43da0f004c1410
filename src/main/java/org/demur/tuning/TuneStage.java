package org.demur.tuning;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.cells.Cell;
import org.demur.cells.StudyPrompt;
import org.demur.config.CanonicalJson;
import org.demur.intervention.GridAnswers;
import org.demur.intervention.GridRule;
import org.demur.losses.CrossEntropyChange;
import org.demur.losses.HarmlessLosses;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;

/**
 * Chooses a set size and a coefficient for every intervention of its grid by effect against capability loss, on prompts
 * that nothing else looks at, and publishes {@code tuning}. Without such prompts the table is empty.
 */
public final class TuneStage implements Stage {
    private final TuneSettings settings;

    /** A stage with these settings. */
    public TuneStage(TuneSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "tune";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public String parametersJson() {
        return settings.hasPrompts() ? CanonicalJson.of(settings) : "{}";
    }

    @Override
    public List<String> inputs() {
        return settings.hasPrompts() ? List.of("prompts", "train", "direction", "attribute") : List.of();
    }

    @Override
    public void execute(StageContext context) {
        if (!settings.hasPrompts()) {
            context.warehouse().publishRows(Table.TUNING, context.run(), List.of());
            return;
        }
        TuningPrompts material = new TuningPrompts(context, settings);
        Map<String, List<StudyPrompt>> promptsBySet = material.bySet();
        GridAnswers grid = GridAnswers.of(context, gridWithBase(), promptsBySet, settings.answers());
        requireTunable(grid);
        List<AnswerVerdict> verdicts = AnswerVerdict.of(grid.rows(name()), settings.judge());
        Map<String, CrossEntropyChange> losses = new HarmlessLosses(context, name(), settings.losses())
                .changes(grid.edits(), grid.cells(), material.harmlessTexts());
        List<Ruling> rulings = rulings(Trials.of(promptsBySet, grid.cells(), verdicts, losses));
        context.warehouse()
                .publishRows(
                        Table.TUNING,
                        context.run(),
                        rulings.stream().map(TuningRow::of).toList());
        context.warehouse().removeScratch(context.run());
    }

    private List<GridRule> gridWithBase() {
        List<GridRule> grid = new ArrayList<>(settings.grid());
        grid.add(0, GridRule.untouched(List.of(Aim.HARMFUL.label(), Aim.HARMLESS.label())));
        return grid;
    }

    private static void requireTunable(GridAnswers grid) {
        List<String> ofPrompts = grid.cells().stream()
                .filter(grid.edits()::isOfPrompt)
                .map(Cell::cellId)
                .toList();
        if (!ofPrompts.isEmpty()) {
            throw new JobException(
                    ExitCode.USAGE,
                    "tune.grid has interventions that differ from prompt to prompt: " + String.join(", ", ofPrompts),
                    "their cost on harmless text cannot be measured",
                    "leave them out of tune.grid, and give their sizes and coefficients in sweep.grid");
        }
    }

    private List<Ruling> rulings(List<Trial> trials) {
        Map<String, List<Trial>> byTarget = new LinkedHashMap<>();
        trials.forEach(trial -> byTarget.computeIfAbsent(trial.aim() + " " + trial.target(), key -> new ArrayList<>())
                .add(trial));
        ChoiceRule rule = new ChoiceRule(settings.maxLoss());
        return byTarget.values().stream().map(rule::of).flatMap(List::stream).toList();
    }
}
