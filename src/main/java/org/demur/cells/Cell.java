package org.demur.cells;

import java.io.Serializable;

/**
 * One point of the sweep's grid: a prompt set under one intervention.
 *
 * @param cellId readable and unique in a sweep; equal grids give equal ids
 * @param setName the prompt set
 * @param method {@link Method#sqlName()}
 * @param featureSet set of SAE features, empty for the methods that use none
 * @param nFeatures how many features of the set are edited, best ranked first; 0 for the methods that use none
 * @param coefficient multiplier of the method; 0 for the methods that take none
 */
public record Cell(String cellId, String setName, String method, String featureSet, int nFeatures, double coefficient)
        implements Serializable {

    /** A cell with the id that follows from its other values. */
    public static Cell of(String setName, Method method, String featureSet, int nFeatures, double coefficient) {
        StringBuilder id = new StringBuilder(setName).append('/').append(method.sqlName());
        if (method.editsFeatures()) {
            id.append('/').append(featureSet).append('/').append(nFeatures);
        }
        if (method.takesCoefficient()) {
            id.append('/').append(coefficient);
        }
        return new Cell(id.toString(), setName, method.sqlName(), featureSet, nFeatures, coefficient);
    }

    /** The method as a closed choice. */
    public Method kind() {
        return Method.of(method);
    }
}
