package org.demur.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.List;

/**
 * Weights that the script's methods take as their last argument. They go in as one list, made once, and never one by
 * one: the library aborts the process when asked for the type of a bf16 tensor.
 */
final class WeightList implements AutoCloseable {
    /** The name by which the library gathers arrays of one list. */
    private static final String LIST = "weights[]";

    private final List<PtNDArray> tensors;
    private final IValue list;

    private WeightList(List<PtNDArray> tensors) {
        this.tensors = List.copyOf(tensors);
        this.tensors.forEach(tensor -> tensor.setName(LIST));
        this.list = IValue.listFrom(tensors.toArray(PtNDArray[]::new));
    }

    static WeightList of(PtNDArray... tensors) {
        return new WeightList(List.of(tensors));
    }

    /** For calls without autograd. */
    IValue list() {
        return list;
    }

    /** For calls under autograd. */
    List<? extends NDArray> tensors() {
        return tensors;
    }

    /** Frees the list, not the tensors, which belong to their manager. */
    @Override
    public void close() {
        list.close();
    }
}
