package org.demur.sae.train;

import java.util.List;
import java.util.function.Function;

/**
 * The codes of a shard turned round: for every feature its tokens in token order, with value, slope and extras. A counting
 * sort, so the order is fixed.
 *
 * @param starts_F1 first entry of every feature, [F + 1]
 * @param tokens rows of the shard
 * @param values feature values
 * @param slopes gradients with respect to the encoder's product
 * @param extras further gradients, one array for each
 */
record FeatureLists(int[] starts_F1, int[] tokens, float[] values, float[] slopes, float[][] extras) {
    static FeatureLists of(ShardBatch batch, Function<CodeSets, ChunkCodes> kind, int features) {
        List<ChunkCodes> chunks = batch.chunks().stream().map(kind).toList();
        int[] starts = new int[features + 1];
        for (ChunkCodes chunk : chunks) {
            int[] numbers = chunk.features();
            for (int i = 0; i < chunk.count(); i++) {
                starts[numbers[i] + 1]++;
            }
        }
        for (int j = 0; j < features; j++) {
            starts[j + 1] += starts[j];
        }
        int entries = starts[features];
        int extras = chunks.get(0).extras().length;
        FeatureLists lists = new FeatureLists(
                starts, new int[entries], new float[entries], new float[entries], new float[extras][entries]);
        int[] next = starts.clone();
        for (int c = 0; c < chunks.size(); c++) {
            lists.place(chunks.get(c), c * batch.layout().chunkRows(), next);
        }
        return lists;
    }

    private void place(ChunkCodes chunk, int firstRow, int[] next) {
        for (int row = 0; row < chunk.rows(); row++) {
            for (int i = chunk.start(row); i < chunk.start(row + 1); i++) {
                int at = next[chunk.features()[i]]++;
                tokens[at] = firstRow + row;
                values[at] = chunk.values()[i];
                slopes[at] = chunk.slopes()[i];
                for (int e = 0; e < extras.length; e++) {
                    extras[e][at] = chunk.extras()[e][i];
                }
            }
        }
    }

    /** Whether a feature has a value above 0 anywhere. */
    boolean fires(int feature) {
        for (int i = starts_F1[feature]; i < starts_F1[feature + 1]; i++) {
            if (values[i] > 0) {
                return true;
            }
        }
        return false;
    }
}
