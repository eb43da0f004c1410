package org.demur.sae.train;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.demur.sae.LaneProduct;
import org.demur.sae.RowKernels;

/** Small training problems whose every part a test can reach. */
public final class TrainingFixture {
    public static final int WIDTH = 24;
    public static final int FEATURES = 60;
    public static final int K = 4;
    public static final int ROWS = 40;
    public static final int CHUNK_ROWS = 16;
    public static final int SHARDS = 2;
    public static final float INPUT_SCALE = 1.25f;

    private TrainingFixture() {}

    /** Constants of the loss. */
    public static LossScale loss() {
        return new LossScale(INPUT_SCALE, ROWS * SHARDS, 20, SHARDS);
    }

    /** TopK with an auxiliary loss of so many latents. */
    public static Objective objective(int auxiliaryLatents) {
        return objective(TopK.of(K), auxiliaryLatents);
    }

    /** Any architecture with an auxiliary loss of so many latents. */
    public static Objective objective(Architecture architecture, int auxiliaryLatents) {
        return new Objective(
                architecture,
                new Auxiliary(auxiliaryLatents, 1.0 / 32, Auxiliary.Form.RESIDUAL_VARIANCE),
                Objective.InputBias.DECODER,
                Objective.DecoderNorm.ONE,
                0);
    }

    /** Every kind of dictionary with every form of its loss. */
    public static Stream<Architecture> architectures() {
        TopK.Ranking plain = TopK.Ranking.PRE_ACTIVATION;
        TopK.Ranking norms = TopK.Ranking.TIMES_DECODER_NORM;
        List<Integer> widths = List.of(10, 25, FEATURES);
        return Stream.of(
                TopK.of(K),
                new TopK(K, norms, TopK.MultiTopK.none()),
                new TopK(K, plain, new TopK.MultiTopK(2 * K, 0.125, true)),
                new TopK(K, plain, new TopK.MultiTopK(2 * K, 0.125, false)),
                new BatchTopK(K, plain),
                new BatchTopK(K + 0.5, norms),
                new Matryoshka(K, plain, widths, Matryoshka.Weighting.MEAN),
                new Matryoshka(K, norms, widths, Matryoshka.Weighting.SUM),
                new JumpRelu(0.3, new JumpRelu.MeanTarget(1, K, JumpRelu.Kernel.PRE_ACTIVATION), false, 0),
                new JumpRelu(0.3, new JumpRelu.Tanh(0.5, 4), false, 0),
                new JumpRelu(0.3, new JumpRelu.RowTarget(0.5, K), false, 0),
                new Gated(0.3, false, false),
                new Gated(0.3, true, true),
                new ReluL1(0.3, false),
                new ReluL1(0.3, true));
    }

    /** Decoder rows of other norms than 1. */
    public static void stretchDecoder(TrainingWeights weights) {
        for (int j = 0; j < FEATURES; j++) {
            RowKernels.scale(weights.w_dec().array(j), weights.w_dec().at(j), 0.7f + 0.6f * j / FEATURES, WIDTH);
        }
    }

    /** Weights with biases that matter. */
    public static TrainingWeights weights() {
        return weights(TopK.of(K), RowMatrix.SLICE_ELEMENTS);
    }

    /** The same for any architecture and slices. */
    public static TrainingWeights weights(Architecture architecture, int sliceElements) {
        return weights(SaeShape.of(FEATURES, WIDTH, architecture), sliceElements);
    }

    /** The same for any shape of those sizes. */
    public static TrainingWeights weights(SaeShape shape, int sliceElements) {
        TrainingWeights weights = new TrainingWeights(shape, LaneProduct::new, sliceElements);
        float[] centre = new float[WIDTH];
        SplittableRandom random = new SplittableRandom(8);
        for (int c = 0; c < WIDTH; c++) {
            centre[c] = (float) (0.2 * random.nextGaussian());
        }
        weights.initialise(9, centre);
        for (int j = 0; j < FEATURES; j++) {
            weights.b_enc_F()[j] = (float) (0.1 * random.nextGaussian());
            for (int s = 1; s < weights.shape().scalars(); s++) {
                weights.scalar(s)[j] = 0.1f + 0.3f * ((j + s) % 7);
            }
            for (int c = 0; c < WIDTH; c++) {
                weights.w_enc().array(j)[weights.w_enc().at(j) + c] += (float) (0.05 * random.nextGaussian());
            }
        }
        weights.mirror(0, FEATURES);
        return weights;
    }

    /** A batch of noise. */
    public static ShardBatch batch(long seed, Objective objective) {
        return batch(seed, objective, ShardBatch.Target.INPUT);
    }

    private static ShardBatch batch(long seed, Objective objective, ShardBatch.Target target) {
        SaeShape shape = SaeShape.of(FEATURES, WIDTH, objective.architecture());
        ShardBatch batch = new ShardBatch(
                ROWS, new ShardBatch.Layout(shape, objective, CHUNK_ROWS, ShardBatch.Stored.BF16, target));
        SplittableRandom random = new SplittableRandom(seed);
        fill(batch.bits_BI(), random);
        fill(batch.targetBits_BO(), random);
        return batch;
    }

    private static void fill(short[] bits, SplittableRandom random) {
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (short) (Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16);
        }
    }

    /** Both shards of a transcoder. */
    public static List<ShardBatch> pairedBatches(Objective objective) {
        ShardBatch.Target other = ShardBatch.Target.OTHER_VECTOR;
        return List.of(batch(100, objective, other), batch(101, objective, other));
    }

    /** Both shards. */
    public static List<ShardBatch> batches(Objective objective) {
        return List.of(batch(100, objective), batch(101, objective));
    }

    /** A model that starts, as worker {@code worker} of {@code workers}. */
    public static TrainingStep.Model model(
            Objective objective, RowOptimiser optimiser, TrainingWeights weights, int worker, int workers) {
        return TrainingStep.Model.begin(
                objective, weights, new TrainingStep.Start(optimiser, 2L * ROWS * SHARDS, worker, workers));
    }
}
