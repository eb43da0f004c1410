package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import org.demur.edit.FeatureSlice;
import org.demur.edit.Rivals;

/**
 * Reads features from rows of the stream and writes their changes.
 *
 * <p>Legend: {@code N} rows, {@code M} features.
 */
final class FeatureSteps {
    private final Uploads uploads;

    FeatureSteps(Uploads uploads) {
        this.uploads = uploads;
    }

    /** The features' activations. */
    PtNDArray read(FeatureSlice slice, PtNDArray x_ND, ScriptCalls calls) {
        PtNDArray w_enc = uploads.matrix(slice.w_enc_MD());
        PtNDArray b_enc = uploads.vector(slice.b_enc_M());
        PtNDArray threshold = uploads.threshold(slice);
        if (slice.rivals() instanceof Rivals.TopK top) {
            return calls.one(
                    "top_features",
                    x_ND,
                    w_enc,
                    b_enc,
                    threshold,
                    uploads.matrix(top.w_enc_FD()),
                    uploads.vector(top.b_enc_F()),
                    uploads.indices(slice.features_M()),
                    uploads.places(top, top.k()));
        }
        if (slice.rivals() instanceof Rivals.GroupMax most) {
            return calls.one(
                    "group_features",
                    x_ND,
                    w_enc,
                    b_enc,
                    threshold,
                    uploads.matrix(most.w_enc_FD()),
                    uploads.vector(most.b_enc_F()),
                    uploads.indices(slice.features_M()),
                    uploads.groups(slice, most.b_enc_F().length / most.groups()),
                    uploads.places(most, most.groups()));
        }
        return calls.one("features", x_ND, w_enc, b_enc, threshold);
    }

    /** The stream after features were scaled or clamped, in one call where no rivals decide. */
    PtNDArray fused(String rule, FeatureSlice slice, PtNDArray x_ND, PtNDArray numbers_N1, ScriptCalls calls) {
        if (!(slice.rivals() instanceof Rivals.None)) {
            return changed(rule + "_change", slice, x_ND, numbers_N1, calls);
        }
        return calls.one(
                rule + "_features",
                x_ND,
                uploads.matrix(slice.w_enc_MD()),
                uploads.vector(slice.b_enc_M()),
                uploads.threshold(slice),
                uploads.matrix(slice.w_dec_MD()),
                numbers_N1);
    }

    /**
     * The stream after a rule changed the features.
     *
     * @param rule method that gives the change
     * @param numbers what the rule asks for
     */
    PtNDArray changed(String rule, FeatureSlice slice, PtNDArray x_ND, PtNDArray numbers, ScriptCalls calls) {
        PtNDArray f_NM = read(slice, x_ND, calls);
        PtNDArray change_NM = calls.one(rule, f_NM, numbers);
        PtNDArray written = calls.one("write_change", x_ND, change_NM, uploads.matrix(slice.w_dec_MD()));
        if (calls.freesInputs()) {
            f_NM.close();
            change_NM.close();
        }
        return written;
    }
}
