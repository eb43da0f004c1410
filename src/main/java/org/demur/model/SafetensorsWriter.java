package org.demur.model;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.demur.ExitCode;
import org.demur.JobException;

/**
 * Writes safetensors files whose bytes depend on nothing but the arguments.
 *
 * <p>Tensors are laid out widest type first, then by name, so that each is aligned to its element;
 * the header is padded with spaces to a multiple of 8 bytes.
 */
public final class SafetensorsWriter {
    private static final int CHUNK_BYTES = 1 << 16;
    private static final int ALIGNMENT = 8;
    private static final Comparator<NamedTensor> LAYOUT = Comparator.comparingInt(
                    (NamedTensor tensor) -> -tensor.dtype().bytesPerBlock())
            .thenComparing(NamedTensor::name);

    private SafetensorsWriter() {}

    /**
     * Writes a file, replacing one of that name.
     *
     * @throws IllegalArgumentException if two tensors share a name
     * @throws JobException if the file cannot be written
     */
    public static void write(Path path, Map<String, String> metadata, List<NamedTensor> tensors) {
        List<NamedTensor> ordered = tensors.stream().sorted(LAYOUT).toList();
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            byte[] header = header(metadata, ordered);
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            flush(channel, chunk.putLong(header.length));
            flushAll(channel, ByteBuffer.wrap(header));
            for (NamedTensor tensor : ordered) {
                writeValues(channel, chunk, tensor);
            }
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.UNAVAILABLE,
                    path + ": cannot be written (" + e.getMessage() + ")",
                    "the folder is missing, full or not writable",
                    "check the folder and its free space");
        }
    }

    private static byte[] header(Map<String, String> metadata, List<NamedTensor> ordered) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = StrictJson.mapper().getFactory().createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart("__metadata__");
                for (Map.Entry<String, String> entry : new TreeMap<>(metadata).entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            for (Map.Entry<String, Placed> entry : places(ordered).entrySet()) {
                writeEntry(json, entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
        }
        int padding = Math.floorMod(-bytes.size(), ALIGNMENT);
        bytes.write(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
        return bytes.toByteArray();
    }

    private record Placed(NamedTensor tensor, long begin) {}

    private static TreeMap<String, Placed> places(List<NamedTensor> ordered) {
        TreeMap<String, Placed> places = new TreeMap<>();
        long begin = 0;
        for (NamedTensor tensor : ordered) {
            if (places.put(tensor.name(), new Placed(tensor, begin)) != null) {
                throw new IllegalArgumentException("two tensors named " + tensor.name());
            }
            begin += tensor.byteCount();
        }
        return places;
    }

    private static void writeEntry(JsonGenerator json, String name, Placed placed) throws IOException {
        NamedTensor tensor = placed.tensor();
        json.writeObjectFieldStart(name);
        json.writeStringField("dtype", tensor.dtype().name());
        json.writeFieldName("shape");
        json.writeArray(tensor.shape(), 0, tensor.shape().length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {placed.begin(), placed.begin() + tensor.byteCount()}, 0, 2);
        json.writeEndObject();
    }

    private static void writeValues(FileChannel channel, ByteBuffer chunk, NamedTensor tensor) throws IOException {
        FloatBuffer values = tensor.values();
        boolean narrow = tensor.dtype() == DType.BF16;
        while (values.hasRemaining()) {
            while (values.hasRemaining() && chunk.remaining() >= Float.BYTES) {
                if (narrow) {
                    chunk.putShort(Half.toBfloat16(values.get()));
                } else {
                    chunk.putFloat(values.get());
                }
            }
            flush(channel, chunk);
        }
    }

    private static void flush(FileChannel channel, ByteBuffer chunk) throws IOException {
        flushAll(channel, chunk.flip());
        chunk.clear();
    }

    private static void flushAll(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
