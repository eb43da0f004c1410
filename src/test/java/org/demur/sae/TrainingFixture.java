package org.demur.sae;

import java.util.List;
import java.util.SplittableRandom;

/** Small training problems whose every part a test can reach. */
final class TrainingFixture {
    static final int WIDTH = 24;
    static final int FEATURES = 60;
    static final int K = 4;
    static final int ROWS = 40;
    static final int SHARDS = 2;
    static final float INPUT_SCALE = 1.25f;

    private TrainingFixture() {}

    static StepShape shape(int auxiliaryLatents) {
        float slope = 2f / (ROWS * SHARDS) / 20f;
        return new StepShape(ROWS, K, new TokenPass.LossScale(INPUT_SCALE, slope, auxiliaryLatents, 1.0 / 32 / SHARDS));
    }

    /** Weights with biases that matter. */
    static TrainingWeights weights() {
        TrainingWeights weights = new TrainingWeights(FEATURES, WIDTH, LaneProduct::new);
        float[] centre = new float[WIDTH];
        SplittableRandom random = new SplittableRandom(8);
        for (int c = 0; c < WIDTH; c++) {
            centre[c] = (float) (0.2 * random.nextGaussian());
        }
        weights.initialise(9, centre);
        for (int j = 0; j < FEATURES; j++) {
            weights.b_enc_F()[j] = (float) (0.1 * random.nextGaussian());
            for (int c = 0; c < WIDTH; c++) {
                weights.w_enc_FD()[j * WIDTH + c] += (float) (0.05 * random.nextGaussian());
            }
        }
        weights.mirror(0, FEATURES);
        return weights;
    }

    static ShardBatch batch(long seed) {
        ShardBatch batch = new ShardBatch(ROWS, WIDTH, K);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < batch.bits_BD().length; i++) {
            batch.bits_BD()[i] = (short) (Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16);
        }
        return batch;
    }

    static List<ShardBatch> batches() {
        return List.of(batch(100), batch(101));
    }

    static TrainingStep.Model model(RowOptimiser optimiser, TrainingWeights weights, int worker, int workers) {
        OptimiserState state = new OptimiserState(optimiser, weights, worker, workers);
        state.begin(weights);
        float[][] biasState = new float[optimiser.states()][WIDTH];
        optimiser.begin(new RowOptimiser.Row(weights.b_dec_D(), 0, biasState, 0, WIDTH));
        return new TrainingStep.Model(weights, state, biasState, new DeadLatents(FEATURES, 2L * ROWS * SHARDS));
    }
}
