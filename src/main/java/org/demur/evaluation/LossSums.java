package org.demur.evaluation;

import java.io.Serializable;

/** Summed next-token losses of one layer, in nats: of the model as it is, with the splice, and with the mean. */
record LossSums(int layer, long tokens, double clean, double spliced, double meanAblated) implements Serializable {
    LossSums plus(LossSums more) {
        return new LossSums(
                layer,
                tokens + more.tokens,
                clean + more.clean,
                spliced + more.spliced,
                meanAblated + more.meanAblated);
    }

    /** Share of the loss that the mean costs and the splice wins back. */
    double recovered() {
        return (meanAblated - spliced) / (meanAblated - clean);
    }
}
