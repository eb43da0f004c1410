package org.demur.intervention;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.demur.cells.Method;

/**
 * The work of one task: several cells on the same prompts, which the engine reads once for all of them up to the first
 * layer that any of them edits. A batch is made anew as a whole, so that no row depends on where a sweep was stopped.
 *
 * @param parts one a cell, all with the same shard
 */
record SweepBatch(List<SweepPart> parts) implements Serializable {
    /** Copies the list. */
    SweepBatch {
        parts = List.copyOf(parts);
    }

    /**
     * Cells with the same prompts, {@code cells} at most together. Removing a direction begins at the first layer and
     * would leave nothing to share, so such cells stay among themselves.
     */
    static List<SweepBatch> of(List<SweepPart> parts, int cells) {
        Map<List<Object>, List<SweepPart>> alike = new LinkedHashMap<>();
        for (SweepPart part : parts) {
            boolean fromTheStart = part.cell().kind() == Method.DIRECTION_ABLATION;
            alike.computeIfAbsent(
                            List.of(part.cell().setName(), part.shard().index(), fromTheStart),
                            key -> new ArrayList<>())
                    .add(part);
        }
        List<SweepBatch> batches = new ArrayList<>();
        for (List<SweepPart> group : alike.values()) {
            for (int from = 0; from < group.size(); from += cells) {
                batches.add(new SweepBatch(group.subList(from, Math.min(group.size(), from + cells))));
            }
        }
        return batches;
    }
}
