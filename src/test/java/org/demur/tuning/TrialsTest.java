package org.demur.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.demur.JobException;
import org.demur.cells.Cell;
import org.demur.cells.Method;
import org.demur.cells.StudyPrompt;
import org.demur.losses.CrossEntropyChange;
import org.demur.statistics.Interval;
import org.demur.statistics.Proportion;
import org.junit.jupiter.api.Test;

/** Two harmful sets and a harmless one, one intervention on all of them. */
class TrialsTest {
    private static final CrossEntropyChange LOSS = new CrossEntropyChange(10, 1, 1, 0, new Interval(0, 0));

    private final Map<String, List<StudyPrompt>> prompts = new LinkedHashMap<>();
    private final List<Cell> cells = new ArrayList<>();
    private final List<AnswerVerdict> verdicts = new ArrayList<>();
    private final Map<String, CrossEntropyChange> losses = new LinkedHashMap<>();

    /** Prompts are called by set and number, so predicates can tell them apart. */
    private void set(String name, String label, int n, Predicate<Integer> atFirst, Predicate<Integer> edited) {
        Cell untouched = Cell.of(name, Method.NONE, "", 0, 0);
        Cell ablated = Cell.of(name, Method.FEATURE_SCALE, "fstar", 5, 0);
        cells.addAll(List.of(untouched, ablated));
        losses.put(ablated.cellId(), LOSS);
        List<StudyPrompt> drawn = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            drawn.add(new StudyPrompt(name, "p" + i, label, new int[] {1}, new String[] {"content"}));
            verdicts.add(new AnswerVerdict(untouched.cellId(), "p" + i, atFirst.test(i)));
            verdicts.add(new AnswerVerdict(ablated.cellId(), "p" + i, edited.test(i)));
        }
        prompts.put(name, drawn);
    }

    private List<Trial> trials() {
        return Trials.of(prompts, cells, verdicts, losses);
    }

    @Test
    void onlyPromptsThatCouldChangeCount() {
        set("b", "harmful", 6, i -> i < 4, i -> i == 0 || i == 5);
        set("a", "harmful", 2, i -> true, i -> false);
        set("c", "harmless", 5, i -> i == 4, i -> i == 1 || i == 4);

        assertThat(trials())
                .containsExactly(
                        new Trial(Aim.HARMFUL, List.of("a", "b"), cells.get(1), new Proportion(5, 6), LOSS),
                        new Trial(Aim.HARMLESS, List.of("c"), cells.get(1), new Proportion(1, 4), LOSS));
        assertThat(trials().get(0).intervention()).isEqualTo("feature_scale/fstar/5/0.0");
        assertThat(trials().get(0).target()).isEqualTo("feature_scale/fstar");
    }

    @Test
    void aModelThatRefusesNothingCannotBeTuned() {
        set("a", "harmful", 3, i -> false, i -> false);

        assertThatThrownBy(this::trials)
                .isInstanceOf(JobException.class)
                .hasMessageContaining("The untouched model refuses none of the 3 harmful prompts for tuning in a");
    }

    @Test
    void promptsNeedALabel() {
        assertThatThrownBy(() -> Aim.of(new StudyPrompt("a", "p", "", new int[] {1}, new String[] {"content"})))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Prompt p of a is labelled ''")
                .hasMessageContaining("label = harmful");
    }
}
