package org.demur.attribution;

import java.nio.file.Path;
import java.util.stream.IntStream;
import org.demur.edit.FeatureSlice;
import org.demur.sae.Activation;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeInput;

/**
 * A dictionary with its features each on its own, as edits of the stream see them: what attribution predicts is then what an
 * edit does, also for dictionaries that choose features against each other.
 */
final class EditableSae {
    private EditableSae() {}

    /** The dictionary of a layer in threshold form. */
    static Sae read(String folder, int layer) {
        return of(Sae.read(Path.of(folder).resolve("layer=" + layer)));
    }

    static Sae of(Sae sae) {
        if (sae.facts().activation() instanceof Activation.Threshold
                && sae.facts().input().equals(SaeInput.plain())
                && !sae.isTranscoder()) {
            return sae;
        }
        FeatureSlice all = sae.slice(IntStream.range(0, sae.F()).toArray());
        Activation threshold = new Activation.Threshold(all.threshold_M());
        SaeFacts facts = new SaeFacts(sae.at(), threshold, SaeInput.plain());
        return new Sae(facts, all.w_enc_MD(), all.b_enc_M(), all.w_dec_MD(), sae.b_dec_D());
    }
}
