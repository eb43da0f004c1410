package org.demur.model;

import java.nio.FloatBuffer;
import java.util.Set;

/** Named tensors of one open file or of one sharded set of files; safe to read concurrently. */
public interface TensorSource extends AutoCloseable {
    /** The names of all tensors, sorted. */
    Set<String> names();

    /**
     * Describes one tensor.
     *
     * @throws org.demur.JobException if there is none of that name
     */
    TensorInfo info(String name);

    /**
     * Unpacks a whole tensor to fp32, row-major, and advances {@code target} past it.
     *
     * @param target must have exactly the tensor's element count remaining
     * @throws org.demur.JobException if there is no such tensor, its type cannot be unpacked, or the
     *     target is of another size
     */
    void readFloats(String name, FloatBuffer target);

    /**
     * Unpacks {@code rows} rows (slices along the first dimension) from {@code firstRow} on.
     *
     * @param target must have exactly {@code rows * rowLength} elements remaining
     * @throws org.demur.JobException as {@link #readFloats}, and if the rows are not all there
     */
    void readRows(String name, long firstRow, int rows, FloatBuffer target);

    @Override
    void close();
}
