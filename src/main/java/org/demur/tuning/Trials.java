package org.demur.tuning;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.cells.Cell;
import org.demur.cells.Method;
import org.demur.cells.StudyPrompt;
import org.demur.losses.CrossEntropyChange;
import org.demur.statistics.Proportion;

/** Pools verdicts over prompt sets into trials. */
final class Trials {
    private final Map<String, List<StudyPrompt>> promptsBySet;
    private final Map<String, Boolean> refused = new HashMap<>();
    private final Map<String, String> untouched = new HashMap<>();

    private Trials(Map<String, List<StudyPrompt>> promptsBySet) {
        this.promptsBySet = promptsBySet;
    }

    /**
     * A trial for every intervention and aim, in the order of cells.
     *
     * @param cells of all sets, among them the untouched model on each
     * @param verdicts on every prompt in every cell of its set
     * @param losses by cell id
     * @throws JobException with BAD_DATA if the untouched model leaves no prompt to change
     */
    static List<Trial> of(
            Map<String, List<StudyPrompt>> promptsBySet,
            List<Cell> cells,
            List<AnswerVerdict> verdicts,
            Map<String, CrossEntropyChange> losses) {
        Trials trials = new Trials(promptsBySet);
        verdicts.forEach(verdict -> trials.refused.put(key(verdict.cellId(), verdict.promptId()), verdict.refused()));
        Map<String, List<Cell>> alike = new LinkedHashMap<>();
        for (Cell cell : cells) {
            if (cell.cellId().equals(cell.setName() + "/" + Method.NONE.sqlName())) {
                trials.untouched.put(cell.setName(), cell.cellId());
            } else {
                alike.computeIfAbsent(cell.cellId().substring(cell.setName().length()), id -> new ArrayList<>())
                        .add(cell);
            }
        }
        List<Trial> found = new ArrayList<>();
        for (Aim aim : Aim.values()) {
            alike.values().forEach(group -> trials.add(aim, group, losses, found));
        }
        return found;
    }

    private void add(Aim aim, List<Cell> alike, Map<String, CrossEntropyChange> losses, List<Trial> found) {
        Map<String, Cell> bySet = new TreeMap<>();
        int prompts = 0;
        int n = 0;
        int hits = 0;
        for (Cell cell : alike) {
            for (StudyPrompt prompt : promptsBySet.get(cell.setName())) {
                if (Aim.of(prompt) != aim) {
                    continue;
                }
                bySet.put(cell.setName(), cell);
                prompts++;
                if (refused(untouched.get(cell.setName()), prompt) == aim.startsRefused()) {
                    n++;
                    hits += refused(cell.cellId(), prompt) == aim.startsRefused() ? 0 : 1;
                }
            }
        }
        if (bySet.isEmpty()) {
            return;
        }
        if (n == 0) {
            throw nothingToChange(aim, prompts, List.copyOf(bySet.keySet()));
        }
        Cell any = alike.get(0);
        found.add(new Trial(aim, List.copyOf(bySet.keySet()), any, new Proportion(hits, n), losses.get(any.cellId())));
    }

    private boolean refused(String cellId, StudyPrompt prompt) {
        return refused.get(key(cellId, prompt.promptId()));
    }

    private static String key(String cellId, String promptId) {
        return cellId + "\n" + promptId;
    }

    private static JobException nothingToChange(Aim aim, int prompts, List<String> sets) {
        return new JobException(
                ExitCode.BAD_DATA,
                "The untouched model " + (aim.startsRefused() ? "refuses none" : "refuses all") + " of the " + prompts
                        + " " + aim.label() + " prompts for tuning in " + String.join(", ", sets),
                "then no intervention can show that it " + (aim.startsRefused() ? "removes" : "induces") + " refusal",
                "take other prompts, or another list of phrases as tune.judge.list, or remove the use 'tune'");
    }
}
