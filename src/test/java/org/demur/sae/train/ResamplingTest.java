package org.demur.sae.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.demur.sae.train.TrainingFixture.FEATURES;
import static org.demur.sae.train.TrainingFixture.ROWS;
import static org.demur.sae.train.TrainingFixture.WIDTH;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.demur.sae.RowKernels;
import org.demur.sae.WorkCrew;
import org.junit.jupiter.api.Test;

/** What becomes of dead latents, and the running mean of weights. */
class ResamplingTest {
    private static final Objective OBJECTIVE = TrainingFixture.objective(0);
    private static final int[] DEAD = {4, 19, 40};
    private static final float[] LANES = new float[RowKernels.LANES];

    private static TrainingStep.Model model() {
        TrainingWeights weights = TrainingFixture.weights();
        TrainingStep.Model model = TrainingFixture.model(OBJECTIVE, AdamOptimiser.standard(), weights, 0, 1);
        for (int j : DEAD) {
            weights.b_enc_F()[j] = -50;
            model.dead().silentTokens_F()[j] = 100_000;
        }
        weights.mirror(0, FEATURES);
        return model;
    }

    private static List<ShardBatch> step(TrainingStep.Model model, int number) {
        List<ShardBatch> batches = TrainingFixture.batches(OBJECTIVE);
        try (WorkCrew crew = new WorkCrew(1);
                TrainingStep step = new TrainingStep(
                        model, TrainingFixture.loss(), new Resampling(5, 11), Collective.alone(), crew)) {
            step.run(batches, new RowOptimiser.Step(number, 1e-3, 1));
        }
        return batches;
    }

    private static float norm(RowMatrix w, int j) {
        return (float) Math.sqrt(RowKernels.dot(w.array(j), w.at(j), w.array(j), w.at(j), w.width(), LANES));
    }

    @Test
    void deadLatentsBecomeInputsInTheStepsThatAreDue() {
        TrainingStep.Model model = model();
        step(model, 4);
        assertThat(model.dead().dead()).containsExactly(DEAD);

        float living = Resampling.livingNorm(model.weights(), DEAD);
        List<ShardBatch> batches = step(model, 5);
        assertThat(model.dead().dead()).isEmpty();
        Set<Integer> inputs = new HashSet<>();
        for (int j : DEAD) {
            RowMatrix w_dec = model.weights().w_dec();
            assertThat(norm(w_dec, j)).isCloseTo(1, within(1e-5f));
            assertThat(norm(model.weights().w_enc(), j)).isCloseTo(0.2f * living, within(1e-4f));
            assertThat(model.weights().b_enc_F()[j]).isZero();
            assertThat(model.dead().silentTokens_F()[j]).isZero();
            for (float[] moments : model.state().arrays(j)) {
                for (int c = 0; c < 2 * WIDTH + 1; c++) {
                    assertThat(moments[model.state().at(j) + c]).isZero();
                }
            }
            inputs.add(along(batches, w_dec, j));
        }
        assertThat(inputs).doesNotContain(-1).hasSize(DEAD.length);
        assertThat(norm(model.weights().w_enc(), 7)).isGreaterThan(0.5f);
    }

    /** The row of which a decoder row is the direction; -1 if there is none. */
    private static int along(List<ShardBatch> batches, RowMatrix w_dec, int j) {
        for (int t = 0; t < batches.size() * ROWS; t++) {
            float[] x = batches.get(t / ROWS).x_BI();
            int at = t % ROWS * WIDTH;
            double length = Math.sqrt(RowKernels.dot(x, at, x, at, WIDTH, LANES));
            if (RowKernels.dot(x, at, w_dec.array(j), w_dec.at(j), WIDTH, LANES) > 0.9999 * length) {
                return t;
            }
        }
        return -1;
    }

    @Test
    void rowsAreDrawnInProportionToTheirError() {
        List<ShardBatch> batches = step(model(), 1);
        ShardBatch first = batches.get(0);
        Arrays.fill(first.slopes_PBO()[0], 1);
        Arrays.fill(first.slopes_PBO()[0], 0, WIDTH, 9);
        Arrays.fill(batches.get(1).slopes_PBO()[0], 0);
        int hits = 0;
        int draws = 2000;
        Resampling rule = new Resampling(1, 77);
        for (int step = 1; step <= draws; step++) {
            List<Resampling.Drawn> drawn = rule.draw(batches, step, 1);
            assertThat(drawn.get(0).batch()).isSameAs(first);
            hits += drawn.get(0).row() == 0 ? 1 : 0;
        }
        double expected = 9.0 / (9 + ROWS - 1);
        assertThat((double) hits / draws).isCloseTo(expected, within(4 * Math.sqrt(expected / draws)));
        assertThat(rule.draw(batches, 1, FEATURES * 100)).hasSize(ROWS);
        assertThat(rule.draw(batches, 3, 5)).isEqualTo(rule.draw(batches, 3, 5));
    }

    @Test
    void theMeanOfWeightsIsWeighedByAgeAndTakesTheirPlace() {
        AveragedOptimiser rule = new AveragedOptimiser(new SignOptimiser(0), 0.5);
        float[] weights = {3, 3};
        float[][] state = new float[2][2];
        RowOptimiser.Row row = new RowOptimiser.Row(weights, 0, state, 0, 2);
        rule.begin(row);
        rule.update(row, new float[] {1, -1}, 0, new RowOptimiser.Step(1, 1, 1));
        rule.update(row, new float[] {1, 0}, 0, new RowOptimiser.Step(2, 1, 1));
        assertThat(weights).containsExactly(1, 4);
        rule.finish(row);
        // Iterates 2 and 1 with weights 1 and 2; iterates 4 and 4.
        assertThat(weights[0]).isCloseTo(4 / 3f, within(1e-6f));
        assertThat(weights[1]).isEqualTo(4);
        assertThat(rule.states()).isEqualTo(2);
    }
}
