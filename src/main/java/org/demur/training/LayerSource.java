package org.demur.training;

import java.io.Serializable;
import java.util.List;
import org.demur.sae.HeldOutPrompts;

/**
 * Where the activations of a layer are and which of them are trained on.
 *
 * @param layer block
 * @param hook point of the block
 * @param files Parquet files; their order and the order of rows in them do not matter
 * @param width model width
 * @param largestNorm rows of a greater norm are left out
 * @param excludedClasses token classes left out
 * @param heldOut prompts left out
 */
record LayerSource(
        int layer,
        String hook,
        List<String> files,
        int width,
        double largestNorm,
        List<String> excludedClasses,
        HeldOutPrompts heldOut)
        implements Serializable {}
