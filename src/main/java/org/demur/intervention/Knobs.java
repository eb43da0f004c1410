package org.demur.intervention;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.demur.cells.Method;
import org.demur.config.ConfigSection;

/**
 * How many features are edited and how strongly: all combinations of two lists, either of which may be what the stage
 * {@code tune} chose instead.
 *
 * @param sizes how many features of a set, best ranked first; empty where they are tuned
 * @param coefficients factor of a scale, multiple of the largest activation of a clamp, multiple of the direction; empty
 *     where they are tuned
 * @param tuned the lists that wait for a choice
 */
public record Knobs(List<Integer> sizes, List<Double> coefficients, Set<Knob> tuned) {
    /** A list. */
    public enum Knob {
        /** {@code sizes} in job files. */
        SIZES,
        /** {@code coefficients} in job files. */
        COEFFICIENTS
    }

    private static final List<String> TUNED = List.of("tuned");

    /** Copies the lists. */
    public Knobs {
        sizes = List.copyOf(sizes);
        coefficients = List.copyOf(coefficients);
    }

    /** Lists that are known. */
    static Knobs listed(List<Integer> sizes, List<Double> coefficients) {
        return new Knobs(sizes, coefficients, Set.of());
    }

    /** Reads {@code sizes} and {@code coefficients}: lists, or the word {@code tuned}. */
    static Knobs from(ConfigSection section) {
        Set<Knob> tuned = EnumSet.noneOf(Knob.class);
        if (section.stringOrStrings("sizes").equals(TUNED)) {
            tuned.add(Knob.SIZES);
        }
        if (section.stringOrStrings("coefficients").equals(TUNED)) {
            tuned.add(Knob.COEFFICIENTS);
        }
        List<Integer> sizes = tuned.contains(Knob.SIZES) ? List.of() : section.integers("sizes");
        if (sizes.stream().anyMatch(size -> size < 1)) {
            throw section.invalid("sizes", "one of " + sizes + " is below 1", "write how many features to edit");
        }
        return new Knobs(sizes, tuned.contains(Knob.COEFFICIENTS) ? List.of() : section.numbers("coefficients"), tuned);
    }

    /** Whether the method needs a choice before its cells are known. */
    boolean awaitsChoice(Method method) {
        return tuned.contains(Knob.SIZES) && method.editsFeatures()
                || tuned.contains(Knob.COEFFICIENTS) && method.takesCoefficient();
    }

    /** The lists with the choice in the place of what is tuned. */
    Knobs with(TunedChoices.Choice choice) {
        return listed(
                tuned.contains(Knob.SIZES) ? List.of(choice.nFeatures()) : sizes,
                tuned.contains(Knob.COEFFICIENTS) ? List.of(choice.coefficient()) : coefficients);
    }
}
