package org.demur.model;

/**
 * The sizes and constants of a decoder-only transformer.
 *
 * @param architecture Hugging Face model type, such as {@code llama}
 * @param nLayers blocks
 * @param dModel width of the residual stream
 * @param nHeads query heads
 * @param nKvHeads key and value heads; divides nHeads
 * @param headDim width of a head; even
 * @param dFf width of the feed-forward layer
 * @param vocabSize rows of the embedding
 * @param rmsNormEps added to the mean square in norms
 * @param rope rotary embedding
 * @param attentionBias whether the four attention projections add a bias
 * @param tiedHead whether the embedding also serves as the output head
 * @param maxPositions longest context the model was made for
 */
public record ModelConfig(
        String architecture,
        int nLayers,
        int dModel,
        int nHeads,
        int nKvHeads,
        int headDim,
        int dFf,
        int vocabSize,
        double rmsNormEps,
        RopeSpec rope,
        boolean attentionBias,
        boolean tiedHead,
        int maxPositions) {}
