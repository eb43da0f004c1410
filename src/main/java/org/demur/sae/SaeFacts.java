package org.demur.sae;

import java.io.Serializable;
import org.demur.edit.HookPoint;

/**
 * What a dictionary is.
 *
 * @param at point that it reads
 * @param activation how pre-activations become features
 * @param input what happens to a row first
 * @param target what its output stands for
 */
public record SaeFacts(HookPoint at, Activation activation, SaeInput input, Target target) implements Serializable {
    /** What an output stands for. */
    public enum Target {
        /** The input itself: an autoencoder. */
        INPUT,
        /** Something that the model computes from it: a transcoder. */
        OTHER
    }

    /** Facts of an autoencoder. */
    public SaeFacts(HookPoint at, Activation activation, SaeInput input) {
        this(at, activation, input, Target.INPUT);
    }

    /**
     * Facts of a TopK dictionary that subtracts its decoder bias.
     *
     * @param k latents a row
     * @param threshold height that a pre-activation must exceed in the threshold form
     */
    public SaeFacts(HookPoint at, int k, float threshold) {
        this(at, new Activation.TopK(k, Activation.Sign.RECTIFIED, threshold), SaeInput.centred());
    }

    /** The same with another activation. */
    public SaeFacts with(Activation other) {
        return new SaeFacts(at, other, input, target);
    }

    /** The same with another treatment of the input. */
    public SaeFacts with(SaeInput other) {
        return new SaeFacts(at, activation, other, target);
    }
}
