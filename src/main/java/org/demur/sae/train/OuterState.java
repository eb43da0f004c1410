package org.demur.sae.train;

/**
 * What the outer step keeps about one worker's features: weights at the start of the round, and velocity. Empty where the step
 * is nothing but the mean.
 */
public final class OuterState {
    private final OuterRule rule;
    private final SaeShape shape;
    private final FeatureBlocks blocks;
    private final int firstBlock;
    private final int endBlock;
    private final float[][] starts;
    private final float[][] velocities;
    private final float[] b_decStart;
    private final float[] b_decVelocity;

    /** State for worker {@code worker} of {@code workers}, at rest. */
    public OuterState(OuterRule rule, SaeShape shape, int worker, int workers) {
        this.rule = rule;
        this.shape = shape;
        this.blocks = FeatureBlocks.of(shape.features());
        this.firstBlock = blocks.firstOf(worker, workers);
        this.endBlock = blocks.firstOf(worker + 1, workers);
        int count = rule.isMean() ? 0 : endBlock - firstBlock;
        this.starts = new float[count][];
        this.velocities = new float[count][];
        for (int part = 0; part < count; part++) {
            int features = blocks.start(firstBlock + part + 1) - blocks.start(firstBlock + part);
            starts[part] = new float[Math.multiplyExact(features, shape.rowLength())];
            velocities[part] = new float[starts[part].length];
        }
        this.b_decStart = new float[rule.isMean() ? 0 : shape.output()];
        this.b_decVelocity = new float[b_decStart.length];
    }

    /** First feature of the worker. */
    public int firstFeature() {
        return blocks.start(firstBlock);
    }

    /** One past the last feature of the worker. */
    public int endFeature() {
        return blocks.start(endBlock);
    }

    /** First block covered. */
    public int firstBlock() {
        return firstBlock;
    }

    /** Number of blocks covered; 0 if nothing is kept. */
    public int blockCount() {
        return velocities.length;
    }

    /** Velocity of a block's weights, [features of it, row length] flat. */
    public float[] velocity(int block) {
        return velocities[block - firstBlock];
    }

    /** Velocity of the decoder's bias [O], or nothing. */
    public float[] b_decVelocity() {
        return b_decVelocity;
    }

    /** Takes note of the weights with which a round starts. */
    void begin(TrainingWeights weights) {
        for (int part = 0; part < starts.length; part++) {
            for (int j = blocks.start(firstBlock + part); j < blocks.start(firstBlock + part + 1); j++) {
                int at = at(j);
                RowMatrix w_enc = weights.w_enc();
                RowMatrix w_dec = weights.w_dec();
                System.arraycopy(w_enc.array(j), w_enc.at(j), starts[part], at, shape.input());
                System.arraycopy(w_dec.array(j), w_dec.at(j), starts[part], at + shape.input(), shape.output());
                for (int s = 0; s < shape.scalars(); s++) {
                    starts[part][at + shape.input() + shape.output() + s] = weights.scalar(s)[j];
                }
            }
        }
        System.arraycopy(weights.b_dec(), 0, b_decStart, 0, b_decStart.length);
    }

    /** Steps from the mean of a feature's rows, which becomes the new row. */
    void step(int feature, float[] mean) {
        if (!rule.isMean()) {
            int part = blocks.blockOf(feature) - firstBlock;
            rule.step(mean, starts[part], velocities[part], at(feature), shape.rowLength());
        }
    }

    /** Notes a row that was changed after the step. */
    void replace(int feature, float[] row) {
        if (!rule.isMean()) {
            int part = blocks.blockOf(feature) - firstBlock;
            System.arraycopy(row, 0, starts[part], at(feature), shape.rowLength());
        }
    }

    /** Steps from the mean of the decoder's bias. */
    void stepBias(float[] mean) {
        if (!rule.isMean()) {
            rule.step(mean, b_decStart, b_decVelocity, 0, b_decStart.length);
        }
    }

    private int at(int feature) {
        return (feature - blocks.start(blocks.blockOf(feature))) * shape.rowLength();
    }
}
