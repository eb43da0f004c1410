package org.demur.sae.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.demur.model.NamedTensor;

/**
 * Writes a dict of tensors and plain values as PyTorch does, for {@code torch.load(weights_only=True)}. A pickle of protocol 2 in
 * a zip file of stored entries; the bytes depend on nothing but the values.
 */
final class TorchWriter {
    private static final String ROOT = "archive/";
    private static final String VERSION = "3\n";

    private final Map<String, Object> entries = new LinkedHashMap<>();
    private final ByteArrayOutputStream pickle = new ByteArrayOutputStream();
    private final List<Object> storages = new ArrayList<>();

    /** Whole numbers as a tensor; an empty shape for a single one. */
    private record Wholes(StorageType type, long[] values, long[] shape) {}

    /** Adds an fp32 tensor. */
    TorchWriter tensor(String name, float[] values, long... shape) {
        entries.put(name, NamedTensor.f32(name, shape, values));
        return this;
    }

    /** Adds a tensor of one 32-bit whole number. */
    TorchWriter whole(String name, int value) {
        entries.put(name, new Wholes(StorageType.INT, new long[] {value}, new long[0]));
        return this;
    }

    /** Adds a tensor of 64-bit whole numbers. */
    TorchWriter wholes(String name, long... values) {
        entries.put(name, new Wholes(StorageType.LONG, values, new long[] {values.length}));
        return this;
    }

    /** Adds a text. */
    TorchWriter text(String name, String value) {
        entries.put(name, value);
        return this;
    }

    /** Adds a dict of texts and whole numbers. */
    TorchWriter dict(String name, Map<String, Object> values) {
        entries.put(name, values);
        return this;
    }

    void write(Path file) {
        pickle.write(0x80);
        pickle.write(2);
        value(entries);
        pickle.write('.');
        try (ZipWriter zip = ZipWriter.create(file)) {
            zip.add(ROOT + "data.pkl", pickle.toByteArray());
            zip.add(ROOT + "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < storages.size(); i++) {
                add(zip, ROOT + "data/" + i, storages.get(i));
            }
            zip.add(ROOT + "version", VERSION.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw FormatRefusal.unwritable(file, e);
        }
    }

    private static void add(ZipWriter zip, String name, Object storage) throws IOException {
        if (storage instanceof Wholes wholes) {
            ByteBuffer bytes = ByteBuffer.allocate(
                            wholes.values().length * wholes.type().bytes())
                    .order(ByteOrder.LITTLE_ENDIAN);
            for (long value : wholes.values()) {
                if (wholes.type() == StorageType.LONG) {
                    bytes.putLong(value);
                } else {
                    bytes.putInt((int) value);
                }
            }
            zip.add(name, bytes.array());
        } else {
            zip.add(name, new byte[0], ((NamedTensor) storage).values().array());
        }
    }

    private void value(Object value) {
        if (value instanceof Map<?, ?> map) {
            pickle.write('}');
            pickle.write('(');
            map.forEach((key, item) -> {
                value(key);
                value(item);
            });
            pickle.write('u');
        } else if (value instanceof String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            pickle.write('X');
            raw(bytes.length);
            pickle.writeBytes(bytes);
        } else if (value instanceof Integer number) {
            pickle.write('J');
            raw(number);
        } else if (value instanceof Wholes wholes) {
            tensor(wholes, wholes.type(), wholes.values().length, wholes.shape());
        } else if (value instanceof NamedTensor tensor) {
            tensor(tensor, StorageType.FLOAT, tensor.values().remaining(), tensor.shape());
        } else {
            throw new IllegalArgumentException("No pickle of " + value.getClass());
        }
    }

    /** {@code _rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())}. */
    private void tensor(Object values, StorageType type, int count, long[] shape) {
        global("torch._utils", "_rebuild_tensor_v2");
        pickle.write('(');
        pickle.write('(');
        value("storage");
        global("torch", type.pickled());
        value(Integer.toString(storages.size()));
        value("cpu");
        value(count);
        pickle.write('t');
        pickle.write('Q');
        value(0);
        lengths(shape);
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape[i];
        }
        lengths(strides);
        pickle.write(0x89);
        global("collections", "OrderedDict");
        pickle.write(')');
        pickle.write('R');
        pickle.write('t');
        pickle.write('R');
        storages.add(values);
    }

    private void lengths(long[] lengths) {
        pickle.write('(');
        for (long length : lengths) {
            value(Math.toIntExact(length));
        }
        pickle.write('t');
    }

    private void global(String module, String name) {
        pickle.write('c');
        pickle.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private void raw(int number) {
        pickle.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(number)
                .array());
    }
}
