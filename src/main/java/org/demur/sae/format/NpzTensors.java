package org.demur.sae.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.demur.JobException;
import org.demur.model.DType;
import org.demur.model.Quantization;

/**
 * Arrays of a .npz file of NumPy, stored or deflated. The header of an array is a Python literal, which is matched and never
 * evaluated; object arrays are pickles and refused.
 */
final class NpzTensors implements TensorFile {
    private static final Pattern HEADER = Pattern.compile(
            "\\{'descr': '([^']{1,20})', 'fortran_order': (True|False), 'shape': \\(([0-9, ]{0,200})\\), \\}\\s*");
    private static final Map<String, DType> DTYPES = Map.of("<f4", DType.F32, "<f8", DType.F64, "<f2", DType.F16);
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final String SUFFIX = ".npy";
    private static final int LONGEST_HEADER = 1 << 12;

    private final ZipFolder zip;
    private final Map<String, Array> arrays = new TreeMap<>();

    /** Where the elements of an array begin and what they are. */
    private record Array(DType dtype, boolean isFortran, long[] shape, int start) {}

    private NpzTensors(ZipFolder zip) {
        this.zip = zip;
    }

    /** Opens a file and checks every header. */
    static NpzTensors open(Path path) {
        ZipFolder zip = ZipFolder.open(path);
        try {
            NpzTensors tensors = new NpzTensors(zip);
            for (String entry : zip.names()) {
                if (!entry.endsWith(SUFFIX)) {
                    throw FormatRefusal.broken(path, "holds the entry " + entry + ", which is no array");
                }
                String name = entry.substring(0, entry.length() - SUFFIX.length());
                tensors.arrays.put(name, tensors.header(entry, name));
            }
            return tensors;
        } catch (RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    private Array header(String entry, String name) {
        ByteBuffer prefix = bytes(entry, 0, 12);
        byte[] magic = new byte[MAGIC.length];
        prefix.get(magic);
        int version = prefix.get();
        if (!Arrays.equals(magic, MAGIC) || version < 1 || version > 3) {
            throw broken(name, "does not begin like an array of NumPy");
        }
        prefix.get();
        long length = version == 1 ? prefix.getShort() & 0xFFFF : prefix.getInt() & 0xFFFF_FFFFL;
        if (length > LONGEST_HEADER) {
            throw broken(name, "has a header of " + length + " bytes");
        }
        int start = (version == 1 ? 10 : 12) + (int) length;
        String text = StandardCharsets.ISO_8859_1
                .decode(bytes(entry, start - (int) length, (int) length))
                .toString();
        Matcher header = HEADER.matcher(text);
        if (!header.matches()) {
            throw broken(name, "has a header other than type, order and a shape of whole numbers >= 0");
        }
        DType dtype = DTYPES.get(header.group(1));
        if (dtype == null) {
            throw broken(name, "is of type " + header.group(1) + "; known are <f2, <f4 and <f8");
        }
        Array array = new Array(dtype, header.group(2).equals("True"), shape(name, header.group(3)), start);
        requireSize(entry, name, array);
        return array;
    }

    private long[] shape(String name, String text) {
        String[] parts = text.isBlank() ? new String[0] : text.split(",");
        long[] shape = new long[parts.length];
        for (int i = 0; i < shape.length; i++) {
            String part = parts[i].strip();
            if (!part.matches("[0-9]{1,15}")) {
                throw broken(name, "has the shape (" + text + ")");
            }
            shape[i] = Long.parseLong(part);
        }
        return shape;
    }

    private void requireSize(String entry, String name, Array array) {
        long bytes = array.dtype().bytesPerBlock();
        for (long length : array.shape()) {
            if (length != 0 && bytes > Long.MAX_VALUE / length) {
                throw broken(name, "has the impossible shape " + Arrays.toString(array.shape()));
            }
            bytes *= length;
        }
        if (zip.size(entry) - array.start() != bytes) {
            throw broken(
                    name,
                    "has " + (zip.size(entry) - array.start()) + " bytes of data where its shape "
                            + Arrays.toString(array.shape()) + " needs " + bytes);
        }
    }

    private ByteBuffer bytes(String entry, int from, int count) {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        zip.read(entry, from, count, bytes::put);
        return bytes.flip();
    }

    private JobException broken(String name, String detail) {
        return FormatRefusal.broken(path(), "array " + name + " " + detail);
    }

    @Override
    public Path path() {
        return zip.path();
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(arrays.keySet());
    }

    @Override
    public long[] shape(String name) {
        return arrays.get(name).shape().clone();
    }

    @Override
    public void read(String name, float[] target) {
        Array array = arrays.get(name);
        Quantization packing = array.dtype().quantization().orElseThrow();
        boolean isTurned = array.isFortran() && array.shape().length == 2;
        float[] stored = isTurned ? new float[target.length] : target;
        FloatBuffer out = FloatBuffer.wrap(stored);
        zip.read(name + SUFFIX, array.start(), (long) target.length * packing.bytesPerBlock(), chunk -> {
            float[] values = new float[chunk.remaining() / packing.bytesPerBlock()];
            packing.dequantise(chunk, 0, values, values.length);
            out.put(values);
        });
        if (isTurned) {
            // Fortran order is the C order of the transposed array.
            int[] turned = {(int) array.shape()[1], (int) array.shape()[0]};
            System.arraycopy(CheckedTensors.turned(stored, turned[0], turned[1]), 0, target, 0, target.length);
        }
    }

    @Override
    public void close() {
        zip.close();
    }
}
