package org.demur.sae.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.demur.JobException;
import org.demur.model.Quantization;

/**
 * Tensors of a PyTorch archive (the zip format of torch.save since 1.6): a dict of tensors, plain values and dicts of plain
 * values. Anything else in its pickle is refused by name, and nothing of it is executed.
 */
final class TorchTensors implements TensorFile {
    private static final int MOST_PICKLE_BYTES = 1 << 19;

    private final ZipFolder zip;
    private final String root;
    private final Map<String, PickleValue.Tensor> tensors = new TreeMap<>();
    private final Map<String, Object> plain = new TreeMap<>();

    private TorchTensors(ZipFolder zip, String root) {
        this.zip = zip;
        this.root = root;
    }

    /** Opens and checks an archive. */
    static TorchTensors open(Path path) {
        if (Files.isRegularFile(path) && !startsLikeZip(path)) {
            throw FormatRefusal.unsafe(
                    path, "is no archive of PyTorch 1.6 or later, but a bare pickle or something else");
        }
        ZipFolder zip = ZipFolder.open(path);
        try {
            return new TorchTensors(zip, root(zip)).load();
        } catch (RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    private static boolean startsLikeZip(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return in.read() == 'P' && in.read() == 'K';
        } catch (IOException e) {
            throw FormatRefusal.missing(path, "cannot be read (" + e.getMessage() + ")");
        }
    }

    private static String root(ZipFolder zip) {
        List<String> pickles = zip.names().stream()
                .filter(name -> name.matches("[^/]+/data\\.pkl"))
                .toList();
        if (pickles.size() != 1) {
            throw FormatRefusal.broken(zip.path(), "holds " + pickles.size() + " entries data.pkl where one is needed");
        }
        return pickles.get(0).substring(0, pickles.get(0).length() - "data.pkl".length());
    }

    private TorchTensors load() {
        if (zip.has(root + "byteorder")) {
            String order = new String(zip.bytes(root + "byteorder", 16), StandardCharsets.UTF_8);
            if (!order.equals("little")) {
                throw FormatRefusal.unsupported(path(), "byteorder is " + order);
            }
        }
        Object top;
        try {
            top = PickleReader.read(zip.bytes(root + "data.pkl", MOST_PICKLE_BYTES));
        } catch (PickleException e) {
            throw FormatRefusal.unsafe(path(), e.getMessage());
        }
        if (!(top instanceof Map<?, ?> entries)) {
            throw FormatRefusal.unsafe(path(), "holds no dict of tensors");
        }
        entries.forEach((key, value) -> add((String) key, value));
        return this;
    }

    private void add(String name, Object value) {
        if (value instanceof PickleValue.Tensor tensor) {
            check(name, tensor);
            tensors.put(name, tensor);
        } else {
            plain.put(name, value);
        }
    }

    /** Everything that the tensor reaches lies in its storage, and its storage in the archive. */
    private void check(String name, PickleValue.Tensor tensor) {
        PickleValue.Storage storage = tensor.storage();
        String entry = entry(storage);
        if (!zip.has(entry)) {
            throw broken(name, "needs the entry " + entry + ", which is missing");
        }
        long elements = zip.size(entry) / storage.type().bytes();
        if (zip.size(entry) % storage.type().bytes() != 0 || elements != storage.count()) {
            throw broken(
                    name, "has " + zip.size(entry) + " bytes in " + entry + " for " + storage.count() + " elements");
        }
        OptionalLong count = product(tensor.shape());
        if (count.isEmpty() || count.getAsLong() > elements) {
            throw broken(name, "has more elements than its storage, " + elements);
        }
        long last = tensor.offset();
        for (int i = 0; i < tensor.shape().length && count.getAsLong() > 0; i++) {
            long steps = tensor.shape()[i] - 1;
            if (steps > 0 && tensor.strides()[i] > elements / steps) {
                throw broken(name, "reaches beyond its storage");
            }
            last += steps * tensor.strides()[i];
        }
        if (tensor.offset() > elements || count.getAsLong() > 0 && last >= elements) {
            throw broken(name, "reaches beyond its storage");
        }
    }

    private static OptionalLong product(long[] shape) {
        long count = 1;
        for (long length : shape) {
            if (length != 0 && count > Long.MAX_VALUE / length) {
                return OptionalLong.empty();
            }
            count *= length;
        }
        return OptionalLong.of(count);
    }

    private String entry(PickleValue.Storage storage) {
        return root + "data/" + storage.key();
    }

    private JobException broken(String name, String detail) {
        return FormatRefusal.broken(path(), "tensor " + name + " " + detail);
    }

    @Override
    public Path path() {
        return zip.path();
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    /** Entries that are no tensors. */
    Map<String, Object> plain() {
        return Collections.unmodifiableMap(plain);
    }

    @Override
    public long[] shape(String name) {
        return tensors.get(name).shape().clone();
    }

    @Override
    public void read(String name, float[] target) {
        PickleValue.Tensor tensor = tensors.get(name);
        StorageType type = tensor.storage().type();
        Quantization packing = type.dtype()
                .quantization()
                .orElseThrow(() -> broken(name, "is of " + type.pickled() + ", which holds no fractions"));
        if (isContiguous(tensor)) {
            read(tensor, packing, tensor.offset(), target);
            return;
        }
        float[] all = new float
                [Math.toIntExact(
                        Math.min(Integer.MAX_VALUE - 8, tensor.storage().count()))];
        if (all.length < tensor.storage().count()) {
            throw broken(name, "is a view of a storage of " + tensor.storage().count() + " elements");
        }
        read(tensor, packing, 0, all);
        gather(tensor, all, target);
    }

    private void read(PickleValue.Tensor tensor, Quantization packing, long from, float[] target) {
        int bytes = packing.bytesPerBlock();
        FloatBuffer out = FloatBuffer.wrap(target);
        zip.read(entry(tensor.storage()), from * bytes, (long) target.length * bytes, chunk -> {
            float[] values = new float[chunk.remaining() / bytes];
            packing.dequantise(chunk, 0, values, values.length);
            out.put(values);
        });
    }

    private static boolean isContiguous(PickleValue.Tensor tensor) {
        long expected = 1;
        for (int i = tensor.shape().length - 1; i >= 0; i--) {
            if (tensor.shape()[i] != 1 && tensor.strides()[i] != expected) {
                return false;
            }
            expected *= tensor.shape()[i];
        }
        return true;
    }

    private static void gather(PickleValue.Tensor tensor, float[] all, float[] target) {
        int dimensions = tensor.shape().length;
        long[] index = new long[dimensions];
        long at = tensor.offset();
        for (int i = 0; i < target.length; i++) {
            target[i] = all[(int) at];
            for (int axis = dimensions - 1; axis >= 0; axis--) {
                at += tensor.strides()[axis];
                if (++index[axis] < tensor.shape()[axis]) {
                    break;
                }
                at -= tensor.strides()[axis] * tensor.shape()[axis];
                index[axis] = 0;
            }
        }
    }

    /** The single element of a tensor of whole numbers. */
    long whole(String name) {
        PickleValue.Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw FormatRefusal.broken(path(), "holds no tensor " + name);
        }
        StorageType type = tensor.storage().type();
        List<ByteBuffer> chunks = new ArrayList<>();
        if (product(tensor.shape()).orElse(0) != 1) {
            throw broken(name, "is no single number");
        }
        zip.read(entry(tensor.storage()), tensor.offset() * type.bytes(), type.bytes(), chunks::add);
        ByteBuffer bytes = chunks.get(0);
        return switch (type) {
            case LONG -> bytes.getLong();
            case INT -> bytes.getInt();
            case SHORT -> bytes.getShort();
            case CHAR -> bytes.get();
            case BYTE -> bytes.get() & 0xFF;
            case FLOAT, DOUBLE, HALF, BFLOAT16, BOOL -> throw broken(name, "is no whole number");
        };
    }

    @Override
    public void close() {
        zip.close();
    }
}
