package org.demur.model;

import java.util.List;
import java.util.OptionalDouble;

/**
 * The sizes and constants of a decoder-only transformer.
 *
 * @param architecture Hugging Face model type, such as {@code llama}
 * @param nLayers blocks
 * @param dModel width of the residual stream
 * @param vocabSize rows of the embedding
 * @param maxPositions longest context the model was made for
 * @param norm normalisations
 * @param attention what all blocks' attention has in common
 * @param mlp feed-forward layers
 * @param layout how a block's halves are joined
 * @param layers what differs between blocks, one entry a block
 * @param embeddingScale factor of the token embeddings; 1 for most models
 * @param logitSoftcap logits become softcap * tanh(logit / softcap) (Gemma 2)
 * @param tiedHead whether the embedding also serves as the output head
 */
public record ModelConfig(
        String architecture,
        int nLayers,
        int dModel,
        int vocabSize,
        int maxPositions,
        NormSpec norm,
        AttentionSpec attention,
        MlpSpec mlp,
        BlockLayout layout,
        List<LayerAttention> layers,
        double embeddingScale,
        OptionalDouble logitSoftcap,
        boolean tiedHead) {
    /** Copies the list. */
    public ModelConfig {
        layers = List.copyOf(layers);
    }
}
