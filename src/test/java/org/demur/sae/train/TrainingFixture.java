package org.demur.sae.train;

import java.util.List;
import java.util.SplittableRandom;
import org.demur.sae.LaneProduct;

/** Small training problems whose every part a test can reach. */
public final class TrainingFixture {
    public static final int WIDTH = 24;
    public static final int FEATURES = 60;
    public static final int K = 4;
    public static final int ROWS = 40;
    public static final int SHARDS = 2;
    public static final float INPUT_SCALE = 1.25f;

    private TrainingFixture() {}

    public static StepShape shape(int auxiliaryLatents) {
        float slope = 2f / (ROWS * SHARDS) / 20f;
        return new StepShape(ROWS, K, new TokenPass.LossScale(INPUT_SCALE, slope, auxiliaryLatents, 1.0 / 32 / SHARDS));
    }

    /** Weights with biases that matter. */
    public static TrainingWeights weights() {
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

    public static ShardBatch batch(long seed) {
        ShardBatch batch = new ShardBatch(ROWS, WIDTH, K);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < batch.bits_BD().length; i++) {
            batch.bits_BD()[i] = (short) (Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16);
        }
        return batch;
    }

    public static List<ShardBatch> batches() {
        return List.of(batch(100), batch(101));
    }

    public static TrainingStep.Model model(RowOptimiser optimiser, TrainingWeights weights, int worker, int workers) {
        OptimiserState state = new OptimiserState(optimiser, weights, worker, workers);
        state.begin(weights);
        float[][] biasState = new float[optimiser.states()][WIDTH];
        optimiser.begin(new RowOptimiser.Row(weights.b_dec_D(), 0, biasState, 0, WIDTH));
        return new TrainingStep.Model(weights, state, biasState, new DeadLatents(FEATURES, 2L * ROWS * SHARDS));
    }
}
