package org.demur.sae.train;

import org.demur.sae.RowKernels;

/**
 * The optimiser's state of one worker's features, and nobody else's: neither it nor a dense gradient ever moves between
 * workers.
 *
 * <p>Legend: a row of state holds encoder [D], decoder [D], encoder bias [1].
 */
public final class OptimiserState {
    private final RowOptimiser optimiser;
    private final int width;
    private final FeatureBlocks blocks;
    private final int firstBlock;
    private final int endBlock;
    private final float[][] rows;

    /** State for worker {@code worker} of {@code workers}, zeroed. */
    public OptimiserState(RowOptimiser optimiser, TrainingWeights weights, int worker, int workers) {
        this.optimiser = optimiser;
        this.width = weights.width();
        this.blocks = FeatureBlocks.of(weights.features());
        this.firstBlock = blocks.firstOf(worker, workers);
        this.endBlock = blocks.firstOf(worker + 1, workers);
        int features = endFeature() - firstFeature();
        this.rows = new float[optimiser.states()][Math.multiplyExact(features, rowLength(width))];
    }

    /** Floats in a row of state. */
    public static int rowLength(int width) {
        return 2 * width + 1;
    }

    /** Sets the state that goes with fresh weights. */
    public void begin(TrainingWeights weights) {
        for (int j = firstFeature(); j < endFeature(); j++) {
            optimiser.begin(encoder(weights, j));
            optimiser.begin(decoder(weights, j));
            optimiser.begin(bias(weights, j));
        }
    }

    /** Turns the weights of this worker's features into those to publish, decoder rows of norm 1. */
    public void finish(TrainingWeights weights) {
        float[] lanes = new float[RowKernels.LANES];
        for (int j = firstFeature(); j < endFeature(); j++) {
            optimiser.finish(encoder(weights, j));
            optimiser.finish(decoder(weights, j));
            optimiser.finish(bias(weights, j));
            RowKernels.normalise(weights.w_dec_FD(), j * width, width, lanes);
        }
    }

    /** The rule that the state belongs to. */
    public RowOptimiser optimiser() {
        return optimiser;
    }

    /** First feature covered. */
    public int firstFeature() {
        return blocks.start(firstBlock);
    }

    /** One past the last feature covered. */
    public int endFeature() {
        return blocks.start(endBlock);
    }

    /** First block covered. */
    public int firstBlock() {
        return firstBlock;
    }

    /** Number of blocks covered. */
    public int blockCount() {
        return endBlock - firstBlock;
    }

    /** State arrays, each [features, row length] flat. */
    public float[][] rows() {
        return rows;
    }

    RowOptimiser.Row encoder(TrainingWeights weights, int feature) {
        return new RowOptimiser.Row(weights.w_enc_FD(), feature * width, rows, at(feature), width);
    }

    RowOptimiser.Row decoder(TrainingWeights weights, int feature) {
        return new RowOptimiser.Row(weights.w_dec_FD(), feature * width, rows, at(feature) + width, width);
    }

    RowOptimiser.Row bias(TrainingWeights weights, int feature) {
        return new RowOptimiser.Row(weights.b_enc_F(), feature, rows, at(feature) + 2 * width, 1);
    }

    private int at(int feature) {
        return (feature - firstFeature()) * rowLength(width);
    }
}
