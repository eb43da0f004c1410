package org.demur.capability;

import java.io.Serializable;
import org.demur.cells.Cell;
import org.demur.cells.Method;

/**
 * What a cell of the sweep does, whatever prompts it does it to.
 *
 * @param id the cell's id without its prompt set; equal ids do the same
 * @param cell any cell that does it
 */
record Treatment(String id, Cell cell) implements Serializable {
    /** The untouched model. */
    static final Treatment NONE = new Treatment("none", Cell.of("", Method.NONE, "", 0, 0));

    static Treatment of(Cell cell) {
        return cell.kind() == Method.NONE
                ? NONE
                : new Treatment(cell.cellId().substring(cell.setName().length() + 1), cell);
    }

    boolean isNone() {
        return id.equals(NONE.id);
    }

    /** The feature set as tables have it, null when the method uses none. */
    String featureSet() {
        return cell.kind().editsFeatures() ? cell.featureSet() : null;
    }

    /** The coefficient as tables have it, null when the method takes none. */
    Double coefficient() {
        return cell.kind().takesCoefficient() ? cell.coefficient() : null;
    }
}
