package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import java.util.List;

/**
 * The index, angle and mask tensors that the blocks of one packed pass share.
 *
 * @param kinds angles and mask of each kind of attention that the model has
 * @param kindOfLayer which of them a block uses
 * @param querySlots see {@link TokenLayout#querySlots()}
 * @param tokenSlots see {@link TokenLayout#tokenSlots()}
 */
record PassInputs(List<Kind> kinds, int[] kindOfLayer, PtNDArray querySlots, PtNDArray tokenSlots) {
    /** One kind of attention: cosines and sines [N, 1, R], mask. */
    record Kind(PtNDArray cos, PtNDArray sin, PtNDArray mask) {}

    Kind of(int layer) {
        return kinds.get(kindOfLayer[layer]);
    }
}
