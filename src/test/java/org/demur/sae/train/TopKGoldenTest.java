package org.demur.sae.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.demur.SharedData;
import org.demur.model.SafetensorsFile;
import org.demur.sae.LaneProduct;
import org.demur.sae.RowKernels;
import org.demur.sae.WorkCrew;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Loss terms and gradients of one batch, as the library dictionary_learning computes them with autograd. */
@Tag("shared")
class TopKGoldenTest {
    private static final int WIDTH = 32;
    private static final int FEATURES = 128;
    private static final int K = 8;
    private static final int ROWS = 256;

    @Test
    void lossesAndGradientsMatchDictionaryLearning() {
        try (SafetensorsFile golden = SafetensorsFile.open(
                        SharedData.path("goldens", "sae", "training", "dl_topk", "golden.safetensors"));
                WorkCrew crew = new WorkCrew(2);
                TrainingWeights weights = weights(golden)) {
            ShardBatch batch = ShardBatch.exact(floats(golden, "x", ROWS * WIDTH), WIDTH, K);
            var loss = new TokenPass.LossScale(1, 2f / ROWS, WIDTH / 2, 1.0 / 32);
            TrainingStep.Model model = new TrainingStep.Model(
                    weights,
                    new OptimiserState(AdamOptimiser.standard(), weights, 0, 1),
                    new float[2][WIDTH],
                    new DeadLatents(FEATURES, 1));
            long[] dead = golden.readLongs("dead");
            IntStream.range(0, FEATURES).forEach(j -> model.dead().silentTokens_F()[j] = dead[j]);
            float[] w_dec = weights.w_dec_FD().clone();
            try (TrainingStep step = new TrainingStep(model, new StepShape(ROWS, K, loss), Collective.alone(), crew)) {
                TrainingStep.Outcome outcome = step.run(List.of(batch), new RowOptimiser.Step(1, 0, 1));
                assertThat(outcome.squaredError()).isCloseTo(12.836238861083984, within(1e-3));
                assertThat(outcome.auxiliaryLoss()).isCloseTo(1.0682058334350586, within(1e-4));
            }
            float[] rows = model.state().rows()[0];
            compare("encoder", part(rows, 0, WIDTH), floats(golden, "grad.encoder.weight", FEATURES * WIDTH));
            float[] decoder = transposed(floats(golden, "grad.decoder.weight", FEATURES * WIDTH));
            project(decoder, w_dec);
            compare("decoder", part(rows, WIDTH, WIDTH), decoder);
            compare("encoder bias", part(rows, 2 * WIDTH, 1), floats(golden, "grad.encoder.bias", FEATURES));
            compare("decoder bias", model.b_decState()[0], floats(golden, "grad.b_dec", WIDTH));
        }
    }

    private static TrainingWeights weights(SafetensorsFile golden) {
        TrainingWeights weights = new TrainingWeights(FEATURES, WIDTH, LaneProduct::new);
        copy(floats(golden, "param.encoder.weight", FEATURES * WIDTH), weights.w_enc_FD());
        copy(transposed(floats(golden, "param.decoder.weight", FEATURES * WIDTH)), weights.w_dec_FD());
        copy(floats(golden, "param.encoder.bias", FEATURES), weights.b_enc_F());
        copy(floats(golden, "param.b_dec", WIDTH), weights.b_dec_D());
        weights.mirror(0, FEATURES);
        return weights;
    }

    private static void compare(String name, float[] moments, float[] expected) {
        float largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < expected.length; i++) {
            assertThat(moments[i] * 10).as("%s %d", name, i).isCloseTo(expected[i], within(1e-4f * largest));
        }
    }

    private static float[] part(float[] rows, int from, int length) {
        float[] part = new float[FEATURES * length];
        for (int j = 0; j < FEATURES; j++) {
            System.arraycopy(rows, j * OptimiserState.rowLength(WIDTH) + from, part, j * length, length);
        }
        return part;
    }

    private static void project(float[] gradient, float[] w_dec) {
        float[] lanes = new float[RowKernels.LANES];
        for (int j = 0; j < FEATURES; j++) {
            float along = RowKernels.dot(gradient, j * WIDTH, w_dec, j * WIDTH, WIDTH, lanes);
            RowKernels.addScaled(gradient, j * WIDTH, -along, w_dec, j * WIDTH, WIDTH);
        }
    }

    private static float[] transposed(float[] w_DF) {
        float[] w_FD = new float[w_DF.length];
        for (int i = 0; i < w_DF.length; i++) {
            w_FD[i % FEATURES * WIDTH + i / FEATURES] = w_DF[i];
        }
        return w_FD;
    }

    private static void copy(float[] from, float[] to) {
        System.arraycopy(from, 0, to, 0, to.length);
    }

    private static float[] floats(SafetensorsFile file, String name, int count) {
        FloatBuffer values = FloatBuffer.allocate(count);
        file.readFloats(name, values);
        return Arrays.copyOf(values.array(), count);
    }
}
