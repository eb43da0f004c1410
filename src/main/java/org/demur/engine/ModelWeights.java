package org.demur.engine;

import java.util.List;

/**
 * The weights, grouped as the script's methods take them. Query, key and value projections are stacked into one matrix,
 * gate and up into another: one product instead of three or two. What a model lacks is a tensor without elements.
 *
 * @param embedding [table_VD]
 * @param blocks one entry a block
 * @param head [norm_D, norm_bias_D, head_VD, no bias]; the head is the embedding itself when tied
 */
record ModelWeights(WeightList embedding, List<Block> blocks, WeightList head) implements AutoCloseable {
    /**
     * One block's weights.
     *
     * @param attention [norm, norm bias, stacked qkv, its bias, norms of the query and key heads, output, its bias, norm of
     *     what is added]
     * @param mlp [norm, norm bias, stacked gate and up (or up alone), its bias, down, its bias, norm of what is added]
     */
    record Block(WeightList attention, WeightList mlp) {}

    @Override
    public void close() {
        embedding.close();
        head.close();
        for (Block block : blocks) {
            block.attention.close();
            block.mlp.close();
        }
    }
}
