package org.demur.rows;

import java.io.Serializable;
import java.util.List;
import org.demur.sae.HeldOutPrompts;

/**
 * Which extracted rows are trained on.
 *
 * @param largestNorm rows of a greater norm are left out
 * @param excludedClasses token classes left out
 * @param heldOut prompts kept out of training
 * @param side whether rows of those prompts are left out, or all others
 */
public record RowFilter(double largestNorm, List<String> excludedClasses, HeldOutPrompts heldOut, Side side)
        implements Serializable {
    /** Which prompts are read. */
    public enum Side {
        /** Those that are trained on. */
        TRAINING,
        /** Those that are held out, to measure on. */
        HELD_OUT
    }

    /** A filter of training rows. */
    public RowFilter(double largestNorm, List<String> excludedClasses, HeldOutPrompts heldOut) {
        this(largestNorm, excludedClasses, heldOut, Side.TRAINING);
    }

    /** Rows of the other prompts, chosen alike. */
    RowFilter heldOutSide() {
        return new RowFilter(largestNorm, excludedClasses, heldOut, Side.HELD_OUT);
    }
}
