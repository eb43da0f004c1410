package org.demur.capability;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.cells.Cell;
import org.demur.cells.Method;

/** Chooses the interventions whose cost is measured. */
final class Treatments {
    private Treatments() {}

    /**
     * The untouched model, then every intervention that a rule admits, once, in the order of rules and cell ids.
     *
     * @param cells of the sweep whose edits are the same for every prompt
     */
    static List<Treatment> choose(List<CellRule> rules, List<Cell> cells) {
        Map<String, Integer> largest = new LinkedHashMap<>();
        cells.forEach(cell -> largest.merge(group(cell), cell.nFeatures(), Math::max));
        Map<String, Treatment> chosen = new LinkedHashMap<>();
        chosen.put(Treatment.NONE.id(), Treatment.NONE);
        for (CellRule rule : rules) {
            List<Cell> found = cells.stream()
                    .filter(cell -> rule.admits(cell, largest.get(group(cell))))
                    .toList();
            if (found.isEmpty() && rule.method() != Method.NONE) {
                throw noneFits(rule, cells);
            }
            found.stream().map(Treatment::of).forEach(one -> chosen.putIfAbsent(one.id(), one));
        }
        return List.copyOf(new ArrayList<>(chosen.values()));
    }

    private static String group(Cell cell) {
        return cell.method() + " " + cell.featureSet();
    }

    private static JobException noneFits(CellRule rule, List<Cell> cells) {
        Set<String> swept = new TreeSet<>();
        cells.forEach(cell -> swept.add(Treatment.of(cell).id()));
        return new JobException(
                ExitCode.USAGE,
                "No intervention of the sweep fits an entry of capability.cells with method "
                        + rule.method().sqlName(),
                "sweep.grid gives only " + String.join(", ", swept),
                "change the entry's feature-sets, sizes and coefficients, or add the intervention to sweep.grid");
    }
}
