package org.demur.evaluation;

import java.io.Serializable;

/**
 * Sums over the tokens of texts of what one dictionary does to the model's predictions, in nats.
 *
 * @param tokens in the losses
 * @param clean loss of the model as it is
 * @param changed losses with something in place of the stream
 * @param divergenceTokens in the divergences
 * @param divergence Kullback-Leibler divergences of the same from the model as it is
 */
record LossSums(int layer, long tokens, double clean, Changed changed, long divergenceTokens, Changed divergence)
        implements Serializable {

    /** A sum with each of three replacements of the stream: the reconstruction, the mean of its rows, and zero. */
    record Changed(double spliced, double meanAblated, double zeroAblated) implements Serializable {
        static final Changed NONE = new Changed(0, 0, 0);

        Changed plus(Changed more) {
            return new Changed(spliced + more.spliced, meanAblated + more.meanAblated, zeroAblated + more.zeroAblated);
        }
    }

    static LossSums none(int layer) {
        return new LossSums(layer, 0, 0, Changed.NONE, 0, Changed.NONE);
    }

    LossSums plus(LossSums more) {
        return new LossSums(
                layer,
                tokens + more.tokens,
                clean + more.clean,
                changed.plus(more.changed),
                divergenceTokens + more.divergenceTokens,
                divergence.plus(more.divergence));
    }

    /** Share of the loss that the mean costs and the splice wins back. */
    double recoveredFromMean() {
        return (changed.meanAblated - changed.spliced) / (changed.meanAblated - clean);
    }

    /** Share of the loss that zeros cost and the splice wins back. */
    double recoveredFromZero() {
        return (changed.zeroAblated - changed.spliced) / (changed.zeroAblated - clean);
    }

    /** Share of the divergence of zeros that the splice takes away. */
    double divergenceRecovered() {
        return (divergence.zeroAblated - divergence.spliced) / divergence.zeroAblated;
    }
}
