package org.demur.sae.format;

import org.demur.sae.SaeInput;

/**
 * What both layouts of Llama Scope say alike.
 *
 * @param settings the file
 */
record LlamaScopeSettings(Settings settings) {
    /** Refuses what the released code treats in another way. */
    void check() {
        if (settings.flag("use_glu_encoder", false)) {
            throw settings.unsupported("use_glu_encoder");
        }
        if (!settings.text("act_fn").equals("jumprelu")) {
            throw settings.unsupported("act_fn");
        }
    }

    /** Whether inputs are multiplied with sqrt(D) over their average norm. */
    boolean isScaled() {
        return switch (settings.text("norm_activation")) {
            case "dataset-wise" -> true;
            case "inference" -> false;
            default -> throw settings.unsupported("norm_activation");
        };
    }

    /** sqrt(D) over an average norm. */
    float scale(String key, double norm) {
        if (!(norm > 0)) {
            throw settings.invalid(key, "a norm above 0 is needed, because activations are divided by it");
        }
        return (float) (Math.sqrt(d()) / norm);
    }

    int d() {
        return settings.positive("d_model");
    }

    boolean hasNormInThreshold() {
        return settings.flag("sparsity_include_decoder_norm", true);
    }

    SaeInput input() {
        return settings.flag("apply_decoder_bias_to_pre_encoder", false) ? SaeInput.centred() : SaeInput.plain();
    }

    boolean isTranscoder() {
        String read = settings.text("hook_point_in", "");
        return !settings.text("hook_point_out", read).equals(read);
    }

    /** A decoder bias, zeros where there is none. */
    float[] bias(CheckedTensors tensors) {
        return settings.flag("use_decoder_bias", true) ? tensors.vector("decoder.bias", d()) : new float[d()];
    }
}
