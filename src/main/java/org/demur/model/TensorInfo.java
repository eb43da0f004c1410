package org.demur.model;

import java.util.Arrays;

/**
 * What a file says about one tensor.
 *
 * @param name as the file spells it
 * @param shape row-major (PyTorch) order, also for GGUF; empty for a scalar
 * @param dtype how the elements are stored
 */
public record TensorInfo(String name, long[] shape, DType dtype) {
    /** Copies the shape. */
    public TensorInfo {
        shape = shape.clone();
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** The number of elements; 1 for a scalar. */
    public long elementCount() {
        long count = 1;
        for (long dimension : shape) {
            count *= dimension;
        }
        return count;
    }

    /** The length of the first dimension; 1 for a scalar. */
    public long rows() {
        return shape.length == 0 ? 1 : shape[0];
    }

    /** The elements of one row: of everything behind the first dimension. */
    public long rowLength() {
        long length = 1;
        for (int i = 1; i < shape.length; i++) {
            length *= shape[i];
        }
        return length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorInfo that
                && name.equals(that.name)
                && Arrays.equals(shape, that.shape)
                && dtype == that.dtype;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * name.hashCode() + Arrays.hashCode(shape)) + dtype.hashCode();
    }

    @Override
    public String toString() {
        return name + " " + dtype + Arrays.toString(shape);
    }
}
