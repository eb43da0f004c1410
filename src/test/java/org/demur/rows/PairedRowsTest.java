package org.demur.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.demur.JobException;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.sae.HeldOutPrompts;
import org.demur.schema.VectorDtype;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two vectors of every token, read alongside each other. */
class PairedRowsTest {
    private static final int BATCH = 20;

    @TempDir
    Path folder;

    private static List<ActivationFiles.Written> shuffled(long seed) {
        List<ActivationFiles.Written> rows = new ArrayList<>(ActivationFiles.rows());
        Collections.shuffle(rows, new Random(seed));
        return rows;
    }

    /** Rows whose norm is an outlier at one point only, so that the filter must not decide twice. */
    private static List<ActivationFiles.Written> withOutlier(List<ActivationFiles.Written> rows) {
        return rows.stream()
                .map(row -> row.prompt() == 7 && row.position() == 2
                        ? new ActivationFiles.Written(row.prompt(), row.position(), 1000, row.x_D())
                        : row)
                .toList();
    }

    private RowInput leader(List<ActivationFiles.Written> atOutput, double heldOut) {
        String[] names = {"in", "out"};
        List<List<ActivationFiles.Written>> rows = List.of(withOutlier(shuffled(1)), atOutput);
        List<Site> sites = List.of(Site.RESID_POST, Site.MLP_OUT);
        List<Path> files = IntStream.range(0, 2)
                .mapToObj(i -> ActivationFiles.write(
                        folder.resolve(names[i]),
                        rows.get(i),
                        VectorDtype.F32,
                        sites.get(i).sqlName()))
                .toList();
        RowInput input = ActivationFiles.input(files.toArray(Path[]::new));
        return new RowInput(
                input.point(),
                input.width(),
                input.files(),
                new RowFilter(100, List.of("bos"), new HeldOutPrompts(1, heldOut)),
                input.corpus());
    }

    private static RowInput partner(RowInput leader) {
        return leader.partner(new HookPoint(Site.MLP_OUT, 3));
    }

    private TrainingRows open(RowInput input) {
        RowStorage storage = new RowStorage(VectorDtype.F32, 50, 1 << 20, RowStorage.Place.AUTO);
        return TrainingRows.open(
                new RowRequest(input, new RowRequest.Batches(BATCH, 1, 2), 5, new ShardRange(0, 1), storage), folder);
    }

    @Test
    void bothViewsGiveTheSameTokensInTheSameOrder() {
        RowInput leader = leader(shuffled(2), 0.2);
        try (TrainingRows inputs = open(leader);
                TrainingRows outputs = open(partner(leader))) {
            assertThat(outputs.facts().rows()).isEqualTo(inputs.facts().rows());
            assertThat(inputs.facts().leftOut().outliers()).isEqualTo(1);
            assertThat(outputs.sample().x_ND()).isEqualTo(inputs.sample().x_ND());
            CollectedRows in = new CollectedRows(BATCH);
            CollectedRows out = new CollectedRows(BATCH);
            for (int step = 0; step < inputs.facts().steps(); step++) {
                inputs.load(step, List.of(in));
                outputs.load(step, List.of(out));
                for (int row = 0; row < BATCH; row++) {
                    assertThat(out.name(row)).isEqualTo(in.name(row));
                }
            }
        }
    }

    @Test
    void aTokenWithoutACounterpartIsRefused() {
        List<ActivationFiles.Written> some = shuffled(2).stream()
                .filter(row -> row.prompt() != 9 || row.position() != 1)
                .toList();
        RowInput leader = leader(some, 0);
        assertThatThrownBy(() -> open(partner(leader)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("have a counterpart at")
                .hasMessageContaining("MLP_OUT");
    }

    @Test
    void theHeldOutSideHoldsThePromptsThatTrainingLeavesOut() {
        RowInput leader = leader(shuffled(2), 0.3);
        Set<Float> trained = prompts(leader);
        Set<Float> heldOut = prompts(leader.heldOutSide());
        assertThat(heldOut).isNotEmpty().doesNotContainAnyElementsOf(trained);
        assertThat(prompts(partner(leader).heldOutSide())).isEqualTo(heldOut);
        assertThat(trained.size() + heldOut.size()).isEqualTo(ActivationFiles.PROMPTS);
    }

    private Set<Float> prompts(RowInput input) {
        RowStorage storage = new RowStorage(VectorDtype.F32, 50, 1 << 20, RowStorage.Place.AUTO);
        Set<Float> prompts = new HashSet<>();
        try (TrainingRows rows = TrainingRows.open(
                new RowRequest(input, new RowRequest.Batches(1, 1, 1), 5, new ShardRange(0, 1), storage), folder)) {
            for (int i = 0; i < rows.sample().rows(); i++) {
                prompts.add(rows.sample().x_ND()[i * ActivationFiles.WIDTH]);
            }
        }
        return prompts;
    }
}
