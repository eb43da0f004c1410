package org.demur.corpus;

import java.io.Serializable;
import org.demur.sae.HeldOutPrompts;

/**
 * Which vectors the extract stage stores; keys and norms it stores of all rows.
 *
 * @param heldOut prompts of which every vector is stored
 * @param order of the rows
 * @param share of the order whose vectors are stored; 1 for all
 */
public record StoredVectors(HeldOutPrompts heldOut, SampleOrder order, double share) implements Serializable {
    /** Whether the vector of a row is stored. */
    public boolean contains(PromptKey prompt, int position) {
        return share >= 1
                || heldOut.contains(prompt.setName(), prompt.promptId())
                || order.isWithin(share, prompt.hash(), position);
    }
}
