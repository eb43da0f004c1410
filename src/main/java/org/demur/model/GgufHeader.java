package org.demur.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The checked header of a GGUF file: magic, version, counts, metadata, tensor descriptions.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
 */
final class GgufHeader {
    private static final int MAGIC = 0x46554747;
    private static final int OLDEST_VERSION = 2;
    private static final int NEWEST_VERSION = 3;
    private static final int MAX_KEYS = 1 << 16;
    private static final int MAX_TENSORS = 200_000;
    private static final int MAX_DIMENSIONS = 4;
    private static final int MAX_NAME_BYTES = 256;
    private static final int LEAST_KEY_BYTES = 13;
    private static final int LEAST_TENSOR_BYTES = 33;
    private static final String ALIGNMENT = "general.alignment";
    private static final long DEFAULT_ALIGNMENT = 32;

    private final MappedFile file;
    private final GgufCursor cursor;
    private final SortedMap<String, GgufValue> values = new TreeMap<>();
    private final SortedMap<String, TensorSpan> spans = new TreeMap<>();

    private GgufHeader(MappedFile file) {
        this.file = file;
        this.cursor = new GgufCursor(file, 0);
    }

    static GgufHeader read(MappedFile file) {
        GgufHeader header = new GgufHeader(file);
        header.readAll();
        return header;
    }

    GgufMetadata metadata() {
        return new GgufMetadata(file, values);
    }

    SortedMap<String, TensorSpan> spans() {
        return spans;
    }

    private record Described(TensorInfo info, long byteCount, long offset) {}

    private void readAll() {
        expect(cursor.number32("magic") == MAGIC, "does not begin with GGUF");
        int version = cursor.number32("version");
        expect(
                Integer.reverseBytes(version) < OLDEST_VERSION || Integer.reverseBytes(version) > NEWEST_VERSION,
                "is a big-endian GGUF file; only little-endian ones are read");
        expect(
                version >= OLDEST_VERSION && version <= NEWEST_VERSION,
                "is GGUF version " + Integer.toUnsignedString(version) + "; only 2 and 3 are read");
        int tensors = cursor.count(possible(MAX_TENSORS, LEAST_TENSOR_BYTES), "tensor count");
        int keys = cursor.count(possible(MAX_KEYS, LEAST_KEY_BYTES), "key count");
        for (int i = 0; i < keys; i++) {
            String key = cursor.text("key " + i);
            expect(!key.isEmpty(), "has an empty key");
            expect(!values.containsKey(key), "has the key " + key + " twice");
            values.put(key, cursor.value(key));
        }
        List<Described> described = new ArrayList<>();
        for (int i = 0; i < tensors; i++) {
            described.add(describe(i));
        }
        place(described);
    }

    private long possible(long limit, int leastBytes) {
        return Math.min(limit, cursor.remaining() / leastBytes);
    }

    private Described describe(int index) {
        String name = cursor.text("name of tensor " + index);
        expect(!name.isEmpty(), "has a tensor without a name (number " + index + ")");
        expect(name.length() <= MAX_NAME_BYTES, "has a name of " + name.length() + " characters");
        String what = "tensor " + name;
        int dimensions = cursor.number32(what);
        expect(
                dimensions >= 1 && dimensions <= MAX_DIMENSIONS,
                what + " has " + Integer.toUnsignedString(dimensions) + " dimensions");
        long[] shape = new long[dimensions];
        for (int i = dimensions - 1; i >= 0; i--) {
            shape[i] = cursor.number64("dimension of " + what);
            expect(shape[i] > 0, what + " has a dimension of 0");
        }
        int typeId = cursor.number32(what);
        DType type = DType.ofGguf(typeId)
                .orElseThrow(() -> Refusal.broken(
                        file.path(), what + " has the unknown type " + Integer.toUnsignedString(typeId)));
        expect(
                shape[dimensions - 1] % type.blockSize() == 0,
                what + " has rows of " + shape[dimensions - 1] + ", not whole blocks of " + type);
        long bytes = Extent.byteCount(shape, type)
                .orElseThrow(() -> Refusal.broken(file.path(), what + " has an impossible size"));
        return new Described(new TensorInfo(name, shape, type), bytes, cursor.number64("offset of " + what));
    }

    private void place(List<Described> described) {
        long alignment = metadata().whole(ALIGNMENT).orElse(DEFAULT_ALIGNMENT);
        expect(
                alignment >= Long.BYTES && Long.bitCount(alignment) == 1 && alignment <= 1 << 30,
                "key " + ALIGNMENT + " is " + alignment + ", not a power of two from 8 on");
        long start = (cursor.position() + alignment - 1) / alignment * alignment;
        List<TensorSpan> byPosition = new ArrayList<>();
        for (Described tensor : described) {
            String what = "tensor " + tensor.info().name();
            expect(
                    tensor.offset() % alignment == 0,
                    what + " starts at " + tensor.offset() + ", not a multiple of " + alignment);
            expect(
                    tensor.offset() <= file.size() - start
                            && tensor.byteCount() <= file.size() - start - tensor.offset(),
                    what + " reaches past the end of the file");
            TensorSpan span = new TensorSpan(tensor.info(), start + tensor.offset(), tensor.byteCount());
            expect(spans.put(tensor.info().name(), span) == null, "has the " + what + " twice");
            byPosition.add(span);
        }
        byPosition.sort(Comparator.comparingLong(TensorSpan::position));
        for (int i = 1; i < byPosition.size(); i++) {
            expect(
                    byPosition.get(i - 1).end() <= byPosition.get(i).position(),
                    "tensor " + byPosition.get(i).info().name() + " overlaps the one before it");
        }
    }

    private void expect(boolean holds, String detail) {
        if (!holds) {
            throw Refusal.broken(file.path(), detail);
        }
    }
}
