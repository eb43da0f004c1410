package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.demur.model.SafetensorsFile;

/** Recorded tensors of a reference implementation. */
final class Golden implements AutoCloseable {
    private final Path path;
    private final SafetensorsFile file;

    Golden(Path path) {
        this.path = path;
        file = SafetensorsFile.open(path);
    }

    long[] shape(String name) {
        return file.info(name).shape();
    }

    boolean has(String name) {
        return file.names().contains(name);
    }

    float[] floats(String name) {
        long count = 1;
        for (long extent : shape(name)) {
            count *= extent;
        }
        FloatBuffer buffer = FloatBuffer.allocate(Math.toIntExact(count));
        file.readFloats(name, buffer);
        return buffer.array();
    }

    /** A tensor of 64-bit integers, which the model reader has no use for. */
    int[] ints(String name) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
            int headerLength = Math.toIntExact(bytes.getLong());
            JsonNode span = new ObjectMapper()
                    .readTree(bytes.array(), Long.BYTES, headerLength)
                    .get(name)
                    .get("data_offsets");
            int begin = Long.BYTES + headerLength + span.get(0).asInt();
            int[] ints = new int[(span.get(1).asInt() - span.get(0).asInt()) / Long.BYTES];
            for (int i = 0; i < ints.length; i++) {
                ints[i] = Math.toIntExact(bytes.getLong(begin + i * Long.BYTES));
            }
            return ints;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Largest absolute difference over the largest absolute expected value, of arrays of one length. */
    static double relativeError(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double difference = 0;
        double scale = 0;
        for (int i = 0; i < expected.length; i++) {
            difference = Math.max(difference, Math.abs(actual[i] - (double) expected[i]));
            scale = Math.max(scale, Math.abs(expected[i]));
        }
        return difference / scale;
    }

    @Override
    public void close() {
        file.close();
    }
}
