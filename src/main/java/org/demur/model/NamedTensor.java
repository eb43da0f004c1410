package org.demur.model;

import java.nio.FloatBuffer;

/**
 * A tensor to be written.
 *
 * @param name under which it is found again
 * @param dtype F32, or BF16 to round to nearest even
 * @param shape row-major
 * @param values as many as the shape says, between position and limit
 */
public record NamedTensor(String name, DType dtype, long[] shape, FloatBuffer values) {
    /** Checks the type and the count; the values are shared, not copied. */
    public NamedTensor {
        shape = shape.clone();
        values = values.duplicate();
        if (dtype != DType.F32 && dtype != DType.BF16) {
            throw new IllegalArgumentException("tensor " + name + " cannot be written as " + dtype);
        }
        if (Extent.elementCount(shape).orElse(-1) != values.remaining()) {
            throw new IllegalArgumentException(
                    "tensor " + name + " has " + values.remaining() + " values, unlike its shape");
        }
    }

    /** An fp32 tensor. */
    public static NamedTensor f32(String name, long[] shape, float[] values) {
        return new NamedTensor(name, DType.F32, shape, FloatBuffer.wrap(values));
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    @Override
    public FloatBuffer values() {
        return values.duplicate();
    }

    long byteCount() {
        return (long) values.remaining() * dtype.bytesPerBlock();
    }
}
