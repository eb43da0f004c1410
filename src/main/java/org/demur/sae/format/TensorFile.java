package org.demur.sae.format;

import java.nio.file.Path;
import java.util.Set;

/** Named arrays of numbers in one open file, whatever its layout. */
interface TensorFile extends AutoCloseable {
    /** The file. */
    Path path();

    /** The names of all arrays. */
    Set<String> names();

    /** The row-major shape of an array that is there. */
    long[] shape(String name);

    /**
     * Unpacks an array to fp32, row-major.
     *
     * @param target of exactly as many elements as the shape says
     * @throws org.demur.JobException if its bytes are not all there or its type holds no fractions
     */
    void read(String name, float[] target);

    @Override
    void close();
}
