package org.demur.sae.format;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.demur.model.NamedTensor;

/** Writes .npz files of fp32 arrays, stored and in C order as {@code numpy.savez} does. */
final class NpzWriter {
    private static final int ALIGNMENT = 64;
    private static final int PREFIX_BYTES = 10;

    private NpzWriter() {}

    static void write(Path file, List<NamedTensor> arrays) {
        try (ZipWriter zip = ZipWriter.create(file)) {
            for (NamedTensor array : arrays) {
                zip.add(
                        array.name() + ".npy",
                        header(array.shape()),
                        array.values().array());
            }
        } catch (IOException e) {
            throw FormatRefusal.unwritable(file, e);
        }
    }

    private static byte[] header(long[] shape) {
        String lengths = Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + lengths + (shape.length == 1 ? "," : "")
                + "), }";
        int padding = Math.floorMod(-(PREFIX_BYTES + text.length() + 1), ALIGNMENT);
        byte[] header = ("\u0093NUMPY\u0001\u0000\u0000\u0000" + text + " ".repeat(padding) + "\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        int length = header.length - PREFIX_BYTES;
        header[8] = (byte) length;
        header[9] = (byte) (length >>> 8);
        return header;
    }
}
