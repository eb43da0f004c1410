package org.demur.sae.train;

import org.demur.sae.RowKernels;

/**
 * The optimiser's state of one worker's features, and nobody else's: neither it nor a dense gradient ever moves between
 * workers. State lies block by block, so that it may exceed one array.
 *
 * <p>Legend: {@code I}, {@code O} widths; a row of state holds encoder [I], decoder [O], scalars.
 */
public final class OptimiserState {
    private final RowOptimiser optimiser;
    private final SaeShape shape;
    private final FeatureBlocks blocks;
    private final int firstBlock;
    private final int endBlock;
    private final float[][][] blockStates;

    /** State for worker {@code worker} of {@code workers}, zeroed. */
    public OptimiserState(RowOptimiser optimiser, SaeShape shape, int worker, int workers) {
        this.optimiser = optimiser;
        this.shape = shape;
        this.blocks = FeatureBlocks.of(shape.features());
        this.firstBlock = blocks.firstOf(worker, workers);
        this.endBlock = blocks.firstOf(worker + 1, workers);
        this.blockStates = new float[blockCount()][optimiser.states()][];
        for (int part = 0; part < blockStates.length; part++) {
            int block = firstBlock + part;
            int features = blocks.start(block + 1) - blocks.start(block);
            for (int i = 0; i < optimiser.states(); i++) {
                blockStates[part][i] = new float[Math.multiplyExact(features, shape.rowLength())];
            }
        }
    }

    /** Sets the state that goes with fresh weights. */
    public void begin(TrainingWeights weights) {
        for (int j = firstFeature(); j < endFeature(); j++) {
            beginFeature(weights, j);
        }
    }

    /** Sets the state that goes with a fresh feature. */
    void beginFeature(TrainingWeights weights, int feature) {
        optimiser.begin(encoder(weights, feature));
        optimiser.begin(decoder(weights, feature));
        for (int s = 0; s < shape.scalars(); s++) {
            optimiser.begin(scalar(weights, s, feature));
        }
    }

    /** Turns the weights of this worker's features into those to publish. */
    public void finish(TrainingWeights weights, Objective objective) {
        float[] lanes = new float[RowKernels.LANES];
        for (int j = firstFeature(); j < endFeature(); j++) {
            optimiser.finish(encoder(weights, j));
            RowOptimiser.Row decoder = decoder(weights, j);
            optimiser.finish(decoder);
            for (int s = 0; s < shape.scalars(); s++) {
                optimiser.finish(scalar(weights, s, j));
            }
            if (objective.decoderNorm() == Objective.DecoderNorm.ONE) {
                RowKernels.normalise(decoder.weights(), decoder.at(), decoder.length(), lanes);
            }
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

    /** The state arrays of a block that is covered, each [features of it, row length] flat. */
    public float[][] block(int block) {
        return blockStates[block - firstBlock];
    }

    /** The state arrays of a feature's block; its row starts at {@link #at}. */
    public float[][] arrays(int feature) {
        return blockStates[blocks.blockOf(feature) - firstBlock];
    }

    /** Offset of a feature's row of state. */
    public int at(int feature) {
        return (feature - blocks.start(blocks.blockOf(feature))) * shape.rowLength();
    }

    RowOptimiser.Row encoder(TrainingWeights weights, int feature) {
        RowMatrix w = weights.w_enc();
        return new RowOptimiser.Row(w.array(feature), w.at(feature), arrays(feature), at(feature), shape.input());
    }

    RowOptimiser.Row decoder(TrainingWeights weights, int feature) {
        RowMatrix w = weights.w_dec();
        int at = at(feature) + shape.input();
        return new RowOptimiser.Row(w.array(feature), w.at(feature), arrays(feature), at, shape.output());
    }

    RowOptimiser.Row scalar(TrainingWeights weights, int scalar, int feature) {
        int at = at(feature) + shape.input() + shape.output() + scalar;
        return new RowOptimiser.Row(weights.scalar(scalar), feature, arrays(feature), at, 1);
    }
}
