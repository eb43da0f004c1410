package org.demur.cells;

import java.io.Serializable;
import java.util.List;

/**
 * One point of the sweep's grid: a prompt set under one intervention. The columns describe its first action.
 *
 * @param cellId readable and unique in a sweep; equal grids give equal ids
 * @param setName the prompt set
 * @param method {@link Method#sqlName()}
 * @param featureSet set of SAE features, empty for the methods that use none
 * @param nFeatures how many features of the set are edited, best ranked first; 0 for the methods that use none
 * @param coefficient multiplier of the method; 0 for the methods that take none
 * @param intervention {@link Intervention#json()}: equal where cells do the same
 */
public record Cell(
        String cellId,
        String setName,
        String method,
        String featureSet,
        int nFeatures,
        double coefficient,
        String intervention)
        implements Serializable {

    /** A cell of one plain action, with the id that follows from its other values. */
    public static Cell of(String setName, Method method, String featureSet, int nFeatures, double coefficient) {
        return of(setName, new Intervention(List.of(Action.of(method, featureSet, nFeatures, coefficient))));
    }

    /** A cell with the id that follows from its intervention. */
    public static Cell of(String setName, Intervention intervention) {
        Action first = intervention.first();
        return new Cell(
                setName + "/" + intervention.id(),
                setName,
                first.method().sqlName(),
                first.features().set(),
                first.features().n(),
                first.coefficient(),
                intervention.json());
    }

    /** The method of the first action as a closed choice. */
    public Method kind() {
        return Method.of(method);
    }
}
