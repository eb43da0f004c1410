package org.demur.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Writes small GGUF files for tests, including ones no real writer would make. */
final class TinyGguf {
    private static final int ALIGNMENT = 32;

    private final Bytes keys = new Bytes();
    private final Bytes tensors = new Bytes();
    private final Bytes data = new Bytes();
    private int version = 3;
    private int keyCount;
    private int tensorCount;

    /** A complete model of the llama architecture: 2 blocks, width 8, 2 heads of 4, 1 key head, 5 tokens. */
    static TinyGguf llama() {
        TinyGguf file = new TinyGguf().text("general.architecture", "llama").text("general.name", "tiny");
        for (Object[] size : new Object[][] {
            {"block_count", 2},
            {"context_length", 16},
            {"embedding_length", 8},
            {"feed_forward_length", 12},
            {"attention.head_count", 2},
            {"attention.head_count_kv", 1},
            {"rope.dimension_count", 4}
        }) {
            file.whole("llama." + size[0], (int) size[1]);
        }
        file.real("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        file.ramp("token_embd.weight", 5, 8).ramp("output_norm.weight", 8);
        for (int block = 0; block < 2; block++) {
            String prefix = "blk." + block + ".";
            file.ramp(prefix + "attn_norm.weight", 8).ramp(prefix + "ffn_norm.weight", 8);
            file.ramp(prefix + "attn_q.weight", 8, 8).ramp(prefix + "attn_k.weight", 4, 8);
            file.ramp(prefix + "attn_v.weight", 4, 8).ramp(prefix + "attn_output.weight", 8, 8);
            file.ramp(prefix + "ffn_gate.weight", 12, 8).ramp(prefix + "ffn_up.weight", 12, 8);
            file.ramp(prefix + "ffn_down.weight", 8, 12);
        }
        return file;
    }

    /** Adds a byte-level BPE of five tokens, the first two of them control tokens. */
    TinyGguf withTokenizer() {
        return text("tokenizer.ggml.model", "gpt2")
                .text("tokenizer.ggml.pre", "smollm")
                .texts("tokenizer.ggml.tokens", List.of("<s>", "<|im_end|>", "a", "b", "ab"))
                .wholes("tokenizer.ggml.token_type", 3, 3, 1, 1, 1)
                .texts("tokenizer.ggml.merges", List.of("a b"))
                .whole("tokenizer.ggml.bos_token_id", 0)
                .whole("tokenizer.ggml.eos_token_id", 0);
    }

    TinyGguf version(int number) {
        version = number;
        return this;
    }

    TinyGguf text(String key, String value) {
        return key(key, 8, bytes -> bytes.text(value));
    }

    TinyGguf whole(String key, int value) {
        return key(key, 4, bytes -> bytes.int32(value));
    }

    TinyGguf real(String key, float value) {
        return key(key, 6, bytes -> bytes.int32(Float.floatToRawIntBits(value)));
    }

    TinyGguf flag(String key, int stored) {
        return key(key, 7, bytes -> bytes.write(stored));
    }

    TinyGguf texts(String key, List<String> values) {
        return key(key, 9, bytes -> {
            bytes.int32(8);
            bytes.int64(values.size());
            values.forEach(bytes::text);
        });
    }

    TinyGguf wholes(String key, int... values) {
        return key(key, 9, bytes -> {
            bytes.int32(5);
            bytes.int64(values.length);
            for (int value : values) {
                bytes.int32(value);
            }
        });
    }

    TinyGguf reals(String key, double... values) {
        return key(key, 9, bytes -> {
            bytes.int32(6);
            bytes.int64(values.length);
            for (double value : values) {
                bytes.int32(Float.floatToRawIntBits((float) value));
            }
        });
    }

    /** An fp32 tensor of the values 0, 1, 2, ... */
    TinyGguf ramp(String name, long... shape) {
        long count = Extent.elementCount(shape).orElseThrow();
        Bytes values = new Bytes();
        for (int i = 0; i < count; i++) {
            values.int32(Float.floatToRawIntBits(i));
        }
        return tensor(name, 0, values.toByteArray(), shape);
    }

    TinyGguf tensor(String name, int type, byte[] content, long... shape) {
        tensorAt(name, type, data.size(), shape);
        data.writeBytes(content);
        data.pad();
        return this;
    }

    TinyGguf tensorAt(String name, int type, long offset, long... shape) {
        tensors.text(name);
        tensors.int32(shape.length);
        for (int i = shape.length - 1; i >= 0; i--) {
            tensors.int64(shape[i]);
        }
        tensors.int32(type);
        tensors.int64(offset);
        tensorCount++;
        return this;
    }

    TinyGguf key(String key, int type, Consumer<Bytes> value) {
        keys.text(key);
        keys.int32(type);
        value.accept(keys);
        keyCount++;
        return this;
    }

    byte[] bytes() {
        Bytes all = new Bytes();
        all.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        all.int32(version);
        all.int64(tensorCount);
        all.int64(keyCount);
        all.writeBytes(keys.toByteArray());
        all.writeBytes(tensors.toByteArray());
        all.pad();
        all.writeBytes(data.toByteArray());
        return all.toByteArray();
    }

    Path write(Path file) throws IOException {
        return Files.write(file, bytes());
    }

    /** Little-endian output. */
    static final class Bytes extends ByteArrayOutputStream {
        void int32(int value) {
            writeBytes(ByteBuffer.allocate(Integer.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(value)
                    .array());
        }

        void int64(long value) {
            writeBytes(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(value)
                    .array());
        }

        void text(String value) {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            int64(utf8.length);
            writeBytes(utf8);
        }

        void pad() {
            writeBytes(new byte[Math.floorMod(-size(), ALIGNMENT)]);
        }
    }
}
