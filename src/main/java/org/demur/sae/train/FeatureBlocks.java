package org.demur.sae.train;

/**
 * The fixed cut of the features into blocks: the unit that threads share out and workers own. Partial sums over features are
 * taken per block and added in block order, so they do not depend on who owns what.
 *
 * @param features number of features F
 * @param count number of blocks
 */
public record FeatureBlocks(int features, int count) {
    private static final int MOST = 64;

    /** The cut for {@code features}. */
    public static FeatureBlocks of(int features) {
        return new FeatureBlocks(features, Math.min(MOST, features));
    }

    /** First feature of a block; the block past the last starts at F. */
    public int start(int block) {
        return (int) ((long) features * block / count);
    }

    /** The block of a feature. */
    public int blockOf(int feature) {
        return (int) (((long) feature * count + count - 1) / features);
    }

    /** First block of a worker; the worker past the last starts at {@link #count}. */
    public int firstOf(int worker, int workers) {
        return (int) ((long) count * worker / workers);
    }
}
