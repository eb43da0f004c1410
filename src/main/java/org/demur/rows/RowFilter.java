package org.demur.rows;

import java.io.Serializable;
import java.util.List;
import org.demur.sae.HeldOutPrompts;

/**
 * Which extracted rows are trained on.
 *
 * @param largestNorm rows of a greater norm are left out
 * @param excludedClasses token classes left out
 * @param heldOut prompts left out
 */
public record RowFilter(double largestNorm, List<String> excludedClasses, HeldOutPrompts heldOut)
        implements Serializable {}
