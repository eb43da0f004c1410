package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.demur.JobException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thousands of damaged files: each is read or refused by name, at once and in little memory.
 *
 * <p>A failure names the number of its mutant; the damage depends on that number only.
 */
class ModelFileFuzzTest {
    private static final int MUTANTS = 10_000;
    private static final int MODELS = 4_000;

    @TempDir
    private Path folder;

    @BeforeEach
    void loadsClassesBeforeAnythingIsMeasured() throws IOException {
        for (TinyGguf sound : List.of(TinyGguf.llama().withTokenizer(), sentencePiece("a"))) {
            Path path = sound.write(folder.resolve("sound.gguf"));
            readBundle(path);
            try (ModelBundle bundle = ModelBundle.open(path)) {
                assertThat(bundle.tokenizerJson()).contains("\"vocab\"");
            }
        }
    }

    @Test
    void readsOrRefusesDamagedGgufFiles() throws IOException {
        byte[] sound = everyType().bytes();
        new FuzzRun(folder.resolve("mutant.gguf"), ModelFileFuzzTest::readGguf)
                .run(MUTANTS, mutant -> mutant % 4 == 0 ? madeUp(mutant) : new FileMutations(mutant).damaged(sound));
    }

    @Test
    void readsOrRefusesDamagedSafetensors() throws IOException {
        byte[] sound = safetensors();
        new FuzzRun(folder.resolve("mutant.safetensors"), ModelFileFuzzTest::readSafetensors).run(MUTANTS, mutant -> {
            FileMutations mutations = new FileMutations(mutant);
            return mutant % 2 == 0 ? mutations.damaged(sound) : mutations.damagedHeader(sound);
        });
    }

    @Test
    void readsOrRefusesDamagedModels() throws IOException {
        byte[] byteLevel = TinyGguf.llama().withTokenizer().bytes();
        byte[] sentencePiece = sentencePiece("a").bytes();
        new FuzzRun(folder.resolve("model.gguf"), ModelFileFuzzTest::readBundle)
                .run(MODELS, mutant -> new FileMutations(mutant).damaged(mutant % 2 == 0 ? byteLevel : sentencePiece));
    }

    @Test
    void refusesTokensThatWouldTakeForeverToSplit() throws IOException {
        Path path = sentencePiece("a".repeat(1 << 20)).write(folder.resolve("long.gguf"));
        try (ModelBundle bundle = ModelBundle.open(path)) {
            assertThatThrownBy(bundle::tokenizerJson)
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("long.gguf")
                    .hasMessageContaining("token 2 has 1048576 characters");
        }
    }

    private static void readGguf(Path path) {
        try (GgufFile file = GgufFile.open(path)) {
            GgufMetadata metadata = file.metadata();
            for (String key : metadata.keys()) {
                for (Consumer<String> accessor : List.<Consumer<String>>of(
                        metadata::text,
                        metadata::whole,
                        metadata::real,
                        metadata::flag,
                        metadata::texts,
                        metadata::wholes,
                        metadata::reals)) {
                    assertOnlyRefusals(() -> accessor.accept(key));
                }
            }
            readAll(file);
        }
    }

    private static void readSafetensors(Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            for (String name : file.names()) {
                assertOnlyRefusals(() -> file.readLongs(name));
            }
            readAll(file);
        }
    }

    static void readBundle(Path path) {
        try (ModelBundle bundle = ModelBundle.open(path)) {
            bundle.chatTemplate();
            assertOnlyRefusals(bundle::tokenizerJson);
            assertOnlyRefusals(bundle::special);
            for (TensorId id : bundle.tensors()) {
                bundle.readFloats(
                        id,
                        FloatBuffer.allocate(Math.toIntExact(bundle.tensor(id).elementCount())));
            }
        }
    }

    private static void readAll(TensorSource source) {
        for (String name : source.names()) {
            TensorInfo info = source.info(name);
            int all = Math.toIntExact(info.elementCount());
            assertOnlyRefusals(() -> source.readFloats(name, FloatBuffer.allocate(all)));
            if (info.rows() > 0) {
                int row = all == 0 ? 0 : (int) info.rowLength();
                assertOnlyRefusals(() -> source.readRows(name, info.rows() - 1, 1, FloatBuffer.allocate(row)));
            }
        }
    }

    static void assertOnlyRefusals(ThrowingCallable reading) {
        Throwable thrown = catchThrowable(reading);
        if (thrown != null) {
            assertThat(thrown).isInstanceOf(JobException.class);
        }
    }

    private static TinyGguf sentencePiece(String token) {
        return TinyGguf.llama()
                .text("tokenizer.ggml.model", "llama")
                .texts("tokenizer.ggml.tokens", List.of("<unk>", "<s>", token, "\u2581", "\u2581" + token))
                .wholes("tokenizer.ggml.token_type", 2, 3, 1, 1, 1)
                .key("tokenizer.ggml.scores", 9, bytes -> {
                    bytes.int32(6);
                    bytes.int64(5);
                    for (int i = 0; i < 5; i++) {
                        bytes.int32(Float.floatToRawIntBits(-i));
                    }
                })
                .whole("tokenizer.ggml.bos_token_id", 1)
                .flag("tokenizer.ggml.add_bos_token", 1);
    }

    /** A sound file with every type of metadata and tensors of several types. */
    private static TinyGguf everyType() {
        return new TinyGguf()
                .text("general.name", "small")
                .whole("w", 3)
                .real("r", 0.5f)
                .flag("f", 1)
                .texts("texts", List.of("a", "", "bc"))
                .wholes("wholes", 1, -2, 3)
                .key("big", 10, bytes -> bytes.int64(-1))
                .key("doubles", 9, bytes -> {
                    bytes.int32(12);
                    bytes.int64(1);
                    bytes.int64(Double.doubleToRawLongBits(0.25));
                })
                .ramp("m", 2, 3)
                .tensor("q8", 8, new byte[2 * 34], 2, 32)
                .tensor("q4k", 12, new byte[144], 1, 256)
                .tensor("i64", 27, new byte[16], 2)
                .ramp("v", 4);
    }

    /** A file of sound syntax whose types, sizes and positions are made up. */
    private static byte[] madeUp(int mutant) {
        FileMutations mutations = new FileMutations(mutant);
        SplittableRandom random = mutations.random();
        TinyGguf file = new TinyGguf().ramp("sound", 4, 8);
        for (int keys = random.nextInt(3); keys > 0; keys--) {
            int type = random.nextInt(13);
            file.key("k" + keys, type, bytes -> {
                if (type == 9) {
                    bytes.int32(random.nextInt(14));
                    bytes.int64(random.nextInt(4) == 0 ? mutations.extreme() : random.nextInt(4));
                }
                for (int i = random.nextInt(12); i > 0; i--) {
                    bytes.int64(random.nextInt(3) == 0 ? mutations.extreme() : random.nextInt(9));
                }
            });
        }
        if (random.nextInt(4) == 0) {
            file.whole("general.alignment", (int) mutations.extreme());
        }
        for (int tensors = random.nextInt(3); tensors > 0; tensors--) {
            long[] shape = new long[1 + random.nextInt(4)];
            for (int i = 0; i < shape.length; i++) {
                shape[i] = random.nextInt(3) == 0 ? mutations.extreme() : 1 + random.nextInt(3);
            }
            long offset = random.nextBoolean() ? 32L * random.nextInt(5) : mutations.extreme();
            file.tensorAt("t" + tensors, random.nextInt(40), offset, shape);
        }
        return random.nextInt(4) == 0 ? mutations.damaged(file.bytes()) : file.bytes();
    }

    private byte[] safetensors() throws IOException {
        Path path = folder.resolve("sound.safetensors");
        NamedTensor wide = NamedTensor.f32("matrix", new long[] {2, 3}, new float[6]);
        NamedTensor narrow =
                new NamedTensor("narrow", DType.BF16, new long[] {2, 1, 2}, FloatBuffer.wrap(new float[4]));
        SafetensorsWriter.write(path, Map.of("format", "pt"), List.of(wide, narrow));
        return Files.readAllBytes(path);
    }
}
