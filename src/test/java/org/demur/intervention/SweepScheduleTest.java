package org.demur.intervention;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.demur.cells.Cell;
import org.demur.cells.CellEdits;
import org.demur.cells.FeatureSets;
import org.demur.cells.Method;
import org.demur.cells.RankedFeature;
import org.demur.cells.SelectedDirection;
import org.demur.cells.StudyPrompt;
import org.demur.cells.SyntheticEdits;
import org.junit.jupiter.api.Test;

/** How cells and prompts are dealt to tasks. */
class SweepScheduleTest {
    private static final SelectedDirection DIRECTION =
            new SelectedDirection(3, -1, new float[] {3, 4}, 6, List.of("resid_post"), new int[] {9});
    private static final FeatureSets SETS = new FeatureSets(
            Map.of("early", List.of(new RankedFeature(1, 1, 0, 1)), "late", List.of(new RankedFeature(1, 4, 0, 1))),
            Map.of());
    private static final CellEdits EDITS = SyntheticEdits.of(DIRECTION, SETS);

    private static List<StudyPrompt> prompts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new StudyPrompt(
                        "set",
                        "p" + i,
                        "harmful",
                        new int[4 + i],
                        IntStream.range(0, 4 + i).mapToObj(t -> "content").toArray(String[]::new)))
                .toList();
    }

    private static List<SweepBatch> batches(List<Cell> cells, int prompts) {
        AnswerSettings settings =
                new AnswerSettings(new GenerationLimits(8, 0, List.of(), 12), 4, 3, 16, EarlyStop.NEVER);
        return new SweepSchedule(EDITS, settings).batches(cells, Map.of("set", prompts(prompts)));
    }

    private static List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        cells.add(Cell.of("set", Method.DIRECTION_ABLATION, "", 0, 0));
        for (double factor : new double[] {0, -1}) {
            cells.add(Cell.of("set", Method.FEATURE_SCALE, "early", 1, factor));
            cells.add(Cell.of("set", Method.FEATURE_SCALE, "late", 1, factor));
        }
        cells.add(Cell.of("set", Method.NONE, "", 0, 0));
        return cells;
    }

    @Test
    void everyCellMeetsEveryPromptOnceAndTheLongestWorkIsFirst() {
        List<SweepBatch> batches = batches(cells(), 10);

        assertThat(batches).extracting(SweepBatch::cost).isSortedAccordingTo((a, b) -> Long.compare(b, a));
        assertThat(batches.stream().flatMap(batch -> batch.cells().stream().flatMap(cell -> batch.prompts().stream()
                        .map(prompt -> cell.cellId() + " " + prompt.promptId()))))
                .hasSize(60)
                .doesNotHaveDuplicates();
        assertThat(batches(cells(), 10)).usingRecursiveComparison().isEqualTo(batches);
    }

    @Test
    void cellsThatBeginToDifferLateStayTogetherAndWhatSharesNothingIsAlone() {
        assertThat(batches(cells(), 4))
                .extracting(batch -> batch.cells().stream().map(Cell::cellId).toList())
                .containsExactlyInAnyOrder(
                        List.of("set/none", "set/feature_scale/late/1/0.0", "set/feature_scale/late/1/-1.0"),
                        List.of("set/feature_scale/early/1/0.0", "set/feature_scale/early/1/-1.0"),
                        List.of("set/direction_ablation"));
    }

    @Test
    void fewCellsTakeMorePromptsAndUneditedRunsCountTwice() {
        List<SweepBatch> ablation = batches(cells().subList(0, 1), 24);
        List<SweepBatch> retain = batches(
                List.of(Cell.of("set", Method.FEATURE_RETAIN, "late", 1, 0), Cell.of("set", Method.NONE, "", 0, 0)),
                24);

        assertThat(ablation).extracting(SweepBatch::rows).containsExactly(12, 12);
        assertThat(retain).extracting(batch -> batch.prompts().size()).containsOnly(4);
    }
}
