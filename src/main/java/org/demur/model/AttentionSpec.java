package org.demur.model;

import java.util.OptionalDouble;

/**
 * What the attention of all blocks has in common.
 *
 * @param heads query heads
 * @param kvHeads key and value heads; divides heads
 * @param headDim width of a head
 * @param rotaryDims leading channels of a head that rotate with the position; even
 * @param scale by which products of queries and keys are multiplied
 * @param softcap scores become softcap * tanh(score / softcap) before the mask (Gemma 2)
 * @param qkvBias whether the query, key and value projections add a bias
 * @param outputBias whether the output projection adds a bias
 * @param queryKeyNorm whether every head of queries and keys passes an RMS norm before it rotates (Qwen 3, Gemma 3)
 */
public record AttentionSpec(
        int heads,
        int kvHeads,
        int headDim,
        int rotaryDims,
        double scale,
        OptionalDouble softcap,
        boolean qkvBias,
        boolean outputBias,
        boolean queryKeyNorm) {}
