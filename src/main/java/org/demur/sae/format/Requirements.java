package org.demur.sae.format;

import org.demur.JobException;
import org.demur.sae.Activation;
import org.demur.sae.InputNorm;
import org.demur.sae.Sae;

/** What a dictionary must be to fit a layout; anything else is refused with the layout and the feature named. */
final class Requirements {
    private final SaeFormat format;
    private final Sae sae;

    Requirements(SaeFormat format, Sae sae) {
        this.format = format;
        this.sae = sae;
    }

    /** Its output stands for its input. */
    Requirements autoencoder() {
        if (sae.isTranscoder()) {
            throw FormatRefusal.noRoom(format, "a transcoder");
        }
        return this;
    }

    /** Rows enter as they are. */
    Requirements unscaledRows() {
        if (!(sae.facts().input().norm() instanceof InputNorm.None)) {
            throw FormatRefusal.noRoom(format, "a rescaling of every row");
        }
        return this;
    }

    /** The thresholds of ReLU or JumpReLU, at least 0. */
    float[] thresholds() {
        if (sae.facts().activation() instanceof Activation.Relu) {
            return new float[sae.F()];
        }
        if (sae.facts().activation() instanceof Activation.Threshold threshold) {
            return threshold.threshold_F();
        }
        throw activation();
    }

    /** The number of features of a TopK whose selected features are treated so. */
    int k(Activation.Sign sign) {
        if (sae.facts().activation() instanceof Activation.TopK topK && topK.sign() == sign) {
            return topK.k();
        }
        throw activation();
    }

    /** The refusal of its activation. */
    JobException activation() {
        boolean keepsNegative =
                sae.facts().activation() instanceof Activation.TopK topK && topK.sign() == Activation.Sign.KEPT;
        return FormatRefusal.noRoom(
                format,
                "the activation " + sae.facts().activation().label()
                        + (keepsNegative ? " with negative features" : ""));
    }
}
