package org.demur.rows;

import java.io.Serializable;
import java.util.List;
import org.demur.engine.ModelSpec;

/** Where the vectors come from. Both give the same bits. */
public sealed interface RowOrigin extends Serializable {
    /** From the column {@code vector} of the activations. */
    record Stored() implements RowOrigin {}

    /**
     * From the model, which runs the units again in every pass; the activations hold the keys and norms.
     *
     * @param model of the extract stage
     * @param maxTokens of a forward pass of the extract stage
     * @param promptFiles Parquet files of the table {@code prompts}
     */
    record Generated(ModelSpec model, int maxTokens, List<String> promptFiles) implements RowOrigin {
        /** Copies the list. */
        public Generated {
            promptFiles = List.copyOf(promptFiles);
        }
    }
}
