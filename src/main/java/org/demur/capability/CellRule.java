package org.demur.capability;

import java.util.List;
import org.demur.cells.Cell;
import org.demur.cells.Method;
import org.demur.config.ConfigSection;

/**
 * One entry of {@code capability.cells}; stands for every intervention of the sweep that fits its lists. An empty list
 * admits everything, but for sizes, where it admits the largest of each feature set alone.
 *
 * @param featureSets by name; {@code random} stands for every random set
 */
public record CellRule(Method method, List<String> featureSets, List<Integer> sizes, List<Double> coefficients) {

    /** Reads an entry. */
    public static CellRule from(ConfigSection section) {
        return new CellRule(
                Method.of(section.string("method")),
                section.strings("feature-sets"),
                section.integers("sizes"),
                section.numbers("coefficients"));
    }

    /** Whether a cell fits, {@code largest} being the largest size of its feature set in the sweep. */
    boolean admits(Cell cell, int largest) {
        boolean sizeFits = sizes.isEmpty() ? cell.nFeatures() == largest : sizes.contains(cell.nFeatures());
        return cell.kind() == method
                && (featureSets.isEmpty() || featureSets.stream().anyMatch(name -> isNamed(cell, name)))
                && sizeFits
                && (coefficients.isEmpty() || coefficients.contains(cell.coefficient()));
    }

    private static boolean isNamed(Cell cell, String name) {
        return name.equals("random")
                ? cell.featureSet().startsWith("random_")
                : cell.featureSet().equals(name);
    }
}
