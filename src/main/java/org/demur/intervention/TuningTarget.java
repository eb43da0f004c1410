package org.demur.intervention;

import org.demur.cells.Cell;

/** Names what a size and a coefficient are chosen for. */
public final class TuningTarget {
    private TuningTarget() {}

    /** The cell's id without prompt set, size and coefficient. */
    public static String of(Cell cell) {
        boolean editsFeatures = cell.kind().editsFeatures();
        StringBuilder head = new StringBuilder(cell.setName()).append('/').append(cell.method());
        String target = editsFeatures ? cell.method() + "/" + cell.featureSet() : cell.method();
        if (editsFeatures) {
            head.append('/').append(cell.featureSet()).append('/').append(cell.nFeatures());
        }
        if (cell.kind().takesCoefficient()) {
            head.append('/').append(cell.coefficient());
        }
        return target + cell.cellId().substring(head.length());
    }
}
