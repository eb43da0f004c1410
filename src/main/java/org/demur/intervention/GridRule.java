package org.demur.intervention;

import java.util.List;
import org.demur.cells.Method;
import org.demur.config.ConfigSection;

/**
 * One entry of the sweep's grid; stands for every combination of its lists.
 *
 * @param method what is done
 * @param labels prompt sets with any of these labels take part
 * @param featureSets feature sets by name; {@code random} stands for every random set
 * @param sizes how many features of a set, best ranked first
 * @param coefficients factor of a scale, multiple of the largest activation of a clamp, multiple of the direction
 */
public record GridRule(
        Method method, List<String> labels, List<String> featureSets, List<Integer> sizes, List<Double> coefficients) {

    /** Reads an entry of {@code sweep.grid}. */
    public static GridRule from(ConfigSection section) {
        return new GridRule(
                Method.of(section.string("method")),
                section.strings("labels"),
                section.strings("feature-sets"),
                section.integers("sizes"),
                section.numbers("coefficients"));
    }
}
