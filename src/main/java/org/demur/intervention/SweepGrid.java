package org.demur.intervention;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.cells.Cell;
import org.demur.cells.FeatureSets;
import org.demur.cells.Method;
import org.demur.cells.RankedFeature;

/** Spells the grid out into cells, each once, in the order of rules and sets. */
final class SweepGrid {
    private final FeatureSets featureSets;
    private final Set<Cell> cells = new LinkedHashSet<>();

    private SweepGrid(FeatureSets featureSets) {
        this.featureSets = featureSets;
    }

    /**
     * The cells of these rules.
     *
     * @param labelsBySet labels that occur in each prompt set, sets in order
     */
    static List<Cell> cells(List<GridRule> rules, Map<String, Set<String>> labelsBySet, FeatureSets featureSets) {
        SweepGrid grid = new SweepGrid(featureSets);
        for (GridRule rule : rules) {
            labelsBySet.forEach((set, labels) -> {
                if (rule.labels().stream().anyMatch(labels::contains)) {
                    grid.add(rule, set);
                }
            });
        }
        return List.copyOf(grid.cells);
    }

    private void add(GridRule rule, String set) {
        Method method = rule.method();
        List<Double> coefficients = method.takesCoefficient() ? rule.coefficients() : List.of(0.0);
        for (double coefficient : coefficients) {
            if (!method.editsFeatures()) {
                cells.add(Cell.of(set, method, "", 0, coefficient));
                continue;
            }
            for (String setId : expanded(rule.featureSets())) {
                for (int size : rule.sizes()) {
                    cells.add(Cell.of(set, method, setId, available(setId, size), coefficient));
                }
            }
        }
    }

    private List<String> expanded(List<String> names) {
        List<String> ids = new ArrayList<>();
        for (String name : names) {
            List<String> found = name.equals("random") ? featureSets.idsStartingWith("random_") : List.of(name);
            if (found.isEmpty()) {
                throw unknown(name);
            }
            ids.addAll(found);
        }
        return ids;
    }

    /** A set may hold fewer features than asked for; sets per prompt differ in size, so the wish is kept. */
    private int available(String setId, int size) {
        if (featureSets.byPrompt().containsKey(setId)) {
            return size;
        }
        List<RankedFeature> members = featureSets.everywhere().get(setId);
        if (members == null) {
            throw unknown(setId);
        }
        return Math.min(size, members.size());
    }

    private JobException unknown(String name) {
        return new JobException(
                ExitCode.USAGE,
                "No feature set '" + name + "'",
                "sweep.grid names it, and the attribution published only "
                        + String.join(", ", featureSets.idsStartingWith("")) + ".",
                "Name one of these, or raise attribute.random-sets if random sets are wanted.");
    }
}
