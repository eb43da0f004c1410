package org.demur.intervention;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.demur.cells.Cell;
import org.demur.cells.CellEdits;
import org.demur.cells.PromptShard;
import org.demur.cells.StudyPrompt;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.HookPoint;

/** Deals cells and prompts to tasks: cells that begin to differ late stay together, and the longest work comes first. */
final class SweepSchedule {
    private static final int NEVER = Integer.MAX_VALUE;

    private final CellEdits edits;
    private final AnswerSettings settings;

    SweepSchedule(CellEdits edits, AnswerSettings settings) {
        this.edits = edits;
        this.settings = settings;
    }

    /** A cell with what its edits mean for the schedule. */
    private record Weighed(Cell cell, int firstLayer, int runs) {}

    /**
     * Batches of the cells, each on all prompts that are given for its set. Deterministic in the arguments.
     *
     * @param promptsBySet prompts in the order in which they are dealt
     */
    List<SweepBatch> batches(List<Cell> cells, Map<String, List<StudyPrompt>> promptsBySet) {
        Map<String, List<Weighed>> bySet = new LinkedHashMap<>();
        for (Cell cell : cells) {
            List<StudyPrompt> prompts = promptsBySet.get(cell.setName());
            bySet.computeIfAbsent(cell.setName(), set -> new ArrayList<>()).add(weighed(cell, prompts.get(0)));
        }
        List<SweepBatch> batches = new ArrayList<>();
        bySet.forEach((set, weighed) -> {
            for (List<Weighed> together : together(weighed)) {
                for (PromptShard shard : PromptShard.ofSize(promptsBySet.get(set), prompts(together))) {
                    batches.add(batch(batches.size(), together, shard.prompts()));
                }
            }
        });
        batches.sort(Comparator.comparingLong(SweepBatch::cost).reversed().thenComparing(SweepBatch::number));
        return batches;
    }

    private Weighed weighed(Cell cell, StudyPrompt example) {
        int first = NEVER;
        int runs = 1;
        for (Edit edit : edits.edits(cell, example.promptId())) {
            for (HookPoint point : edit.points()) {
                first = Math.min(first, point.layer());
            }
            runs = isBesideItsUneditedRun(edit) ? 2 : runs;
        }
        return new Weighed(cell, first, runs);
    }

    private static boolean isBesideItsUneditedRun(Edit edit) {
        return edit instanceof Edit.EditFeatures features && features.rule() instanceof FeatureRule.Unedited;
    }

    /** Cells that share layers, those that begin latest first; what begins at the first layer has nothing to share. */
    private List<List<Weighed>> together(List<Weighed> cells) {
        List<Weighed> ordered = cells.stream()
                .sorted(Comparator.comparingInt(Weighed::firstLayer).reversed())
                .toList();
        List<List<Weighed>> groups = new ArrayList<>();
        List<Weighed> open = new ArrayList<>();
        for (Weighed cell : ordered) {
            boolean leavesNothing = cell.firstLayer == 0 && !open.isEmpty() && open.get(0).firstLayer > 0;
            if (open.size() == settings.cellsPerTask() || leavesNothing) {
                groups.add(open);
                open = new ArrayList<>();
            }
            open.add(cell);
        }
        groups.add(open);
        return groups;
    }

    /** Few cells take more prompts, so that every batch holds about as many answers. */
    private int prompts(List<Weighed> cells) {
        int runs = cells.stream().mapToInt(Weighed::runs).sum();
        return Math.max(settings.rowsPerTask(), settings.rowsPerTask() * settings.cellsPerTask() / runs);
    }

    private SweepBatch batch(int number, List<Weighed> cells, List<StudyPrompt> prompts) {
        long runs = cells.stream().mapToInt(Weighed::runs).sum();
        long tokens = prompts.stream()
                .mapToLong(prompt -> prompt.length() + settings.limits().maxNewTokens())
                .sum();
        return new SweepBatch(number, cells.stream().map(Weighed::cell).toList(), prompts, runs * tokens);
    }
}
