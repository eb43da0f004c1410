package org.demur.rows;

import java.io.Serializable;
import java.util.Locale;

/**
 * How well the minibatches of a worker are mixed, as means over its minibatches. Each figure is set against uniform draws
 * without replacement from the worker's rows.
 *
 * @param batches minibatches measured
 * @param prompts distinct prompts in a minibatch over those of a uniform draw; 1 is as good as uniform
 * @param units distinct forward passes in a minibatch over those of a uniform draw
 * @param entropy entropy of the prompts in a minibatch over that of a uniform draw
 * @param lag correlation of the prompt counts of neighbouring minibatches, less what the sizes of the prompts explain; near 0
 *     for uniform draws, towards 1 when prompts stay from one minibatch to the next
 */
public record MixingFigures(int batches, double prompts, double units, double entropy, double lag)
        implements Serializable {
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%d batches: prompts %.4f, forward passes %.4f, entropy %.4f of uniform, lag correlation %.4f",
                batches,
                prompts,
                units,
                entropy,
                lag);
    }
}
