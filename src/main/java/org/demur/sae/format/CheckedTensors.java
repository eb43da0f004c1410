package org.demur.sae.format;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.demur.JobException;

/**
 * Reads the arrays that a layout asks for: a missing one, another shape, too many elements and values that are no numbers are
 * refused with the file and the array named, before memory is taken.
 */
final class CheckedTensors implements AutoCloseable {
    private static final int MOST_ELEMENTS = Integer.MAX_VALUE - 8;
    private static final int BLOCK = 32;

    private final TensorFile file;

    CheckedTensors(TensorFile file) {
        this.file = file;
    }

    Path path() {
        return file.path();
    }

    boolean has(String name) {
        return file.names().contains(name);
    }

    /** The lengths of the two dimensions of a matrix that must be there, each within an int. */
    int[] sizes(String name) {
        long[] shape = shape(name);
        if (shape.length != 2 || shape[0] < 1 || shape[1] < 1 || shape[0] > MOST_ELEMENTS / shape[1]) {
            throw broken(
                    name,
                    "has the shape " + Arrays.toString(shape) + ", which is no matrix of at most " + MOST_ELEMENTS
                            + " elements");
        }
        return new int[] {(int) shape[0], (int) shape[1]};
    }

    /** A matrix stored [rows, columns]. */
    float[] matrix(String name, int rows, int columns) {
        float[] values = read(name, rows, columns);
        requireNumbers(name, values, columns);
        return values;
    }

    /** A matrix stored [rows, columns], as [columns, rows]. */
    float[] transposed(String name, int rows, int columns) {
        return turned(matrix(name, rows, columns), rows, columns);
    }

    float[] vector(String name, int length) {
        float[] values = read(name, length);
        requireNumbers(name, values, 1);
        return values;
    }

    /** The single element of an array of any number of dimensions. */
    float scalar(String name) {
        long[] shape = shape(name);
        if (Arrays.stream(shape).anyMatch(length -> length != 1)) {
            throw broken(name, "has the shape " + Arrays.toString(shape) + " where one number is needed");
        }
        float[] value = new float[1];
        file.read(name, value);
        requireNumbers(name, value, 1);
        return value[0];
    }

    /** Refuses a file that lacks one of {@code required} or holds anything that is neither that nor {@code optional}. */
    void expect(List<String> required, List<String> optional) {
        for (String name : required) {
            shape(name);
        }
        for (String name : file.names()) {
            if (!required.contains(name) && !optional.contains(name)) {
                throw FormatRefusal.unsupported(path(), "holds the unknown tensor " + name);
            }
        }
    }

    JobException broken(String name, String detail) {
        return FormatRefusal.broken(path(), "tensor " + name + " " + detail);
    }

    /** Values stored [rows, columns] as [columns, rows], in blocks because a column of a large matrix misses the cache. */
    static float[] turned(float[] values, int rows, int columns) {
        float[] turned = new float[values.length];
        for (int top = 0; top < rows; top += BLOCK) {
            for (int left = 0; left < columns; left += BLOCK) {
                for (int r = top; r < Math.min(rows, top + BLOCK); r++) {
                    for (int c = left; c < Math.min(columns, left + BLOCK); c++) {
                        turned[c * rows + r] = values[r * columns + c];
                    }
                }
            }
        }
        return turned;
    }

    private float[] read(String name, int... expected) {
        long[] shape = shape(name);
        long[] wanted = Arrays.stream(expected).asLongStream().toArray();
        if (!Arrays.equals(shape, wanted)) {
            throw broken(
                    name,
                    "has the shape " + Arrays.toString(shape) + " where " + Arrays.toString(wanted) + " is needed");
        }
        long count = Arrays.stream(wanted).reduce(1, Math::multiplyExact);
        if (count > MOST_ELEMENTS) {
            throw broken(name, "has " + count + " elements, more than " + MOST_ELEMENTS);
        }
        float[] values = new float[(int) count];
        file.read(name, values);
        return values;
    }

    private long[] shape(String name) {
        if (!has(name)) {
            throw FormatRefusal.broken(path(), "holds no tensor " + name);
        }
        return file.shape(name);
    }

    private void requireNumbers(String name, float[] values, int rowLength) {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw broken(name, "holds " + values[i] + " in row " + i / rowLength);
            }
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
