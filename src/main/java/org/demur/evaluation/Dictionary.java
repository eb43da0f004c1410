package org.demur.evaluation;

import java.nio.file.Path;
import java.util.OptionalInt;
import org.demur.edit.HookPoint;
import org.demur.sae.Activation;
import org.demur.sae.Sae;

/**
 * What the driver knows of a dictionary; its weights stay with the tasks.
 *
 * @param d model width
 * @param features their number
 * @param activation how pre-activations become features
 */
record Dictionary(HookPoint at, int d, int features, Activation activation) {
    static Dictionary read(Path folder, int layer) {
        Sae sae = Sae.read(folder.resolve("layer=" + layer));
        return new Dictionary(sae.at(), sae.d(), sae.F(), sae.facts().activation());
    }

    int layer() {
        return at.layer();
    }

    /** Active features per row in training, where the architecture fixes a number. */
    OptionalInt k() {
        return activation instanceof Activation.TopK topK ? OptionalInt.of(topK.k()) : OptionalInt.empty();
    }
}
