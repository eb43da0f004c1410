package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.demur.JobException;
import org.demur.SharedData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unpacked weights against those of gguf-py, bit for bit. */
@Tag("shared")
class QuantizationGoldenTest {
    @ParameterizedTest
    @ValueSource(strings = {"quants", "quants_extra"})
    void matchesTheReferenceBitForBitOrRefusesByName(String set) {
        List<DType> compared = new ArrayList<>();
        try (GgufFile file = GgufFile.open(SharedData.path("goldens", "gguf", set + ".gguf"));
                SafetensorsFile golden =
                        SafetensorsFile.open(SharedData.path("goldens", "gguf", set + ".golden.safetensors"))) {
            for (String name : file.names()) {
                TensorInfo info = file.info(name);
                assertThat(info.shape()).as(name).isEqualTo(golden.info(name).shape());
                if (info.dtype().quantization().isEmpty()) {
                    assertThatThrownBy(() -> floats(file, name))
                            .isInstanceOf(JobException.class)
                            .hasMessageContaining(set + ".gguf")
                            .hasMessageContaining(name)
                            .hasMessageContaining(info.dtype().name());
                } else {
                    assertThat(bits(floats(file, name))).as(name).isEqualTo(bits(floats(golden, name)));
                    compared.add(info.dtype());
                }
            }
        }
        if (set.equals("quants")) {
            assertThat(compared)
                    .contains(
                            DType.F32,
                            DType.F16,
                            DType.BF16,
                            DType.Q8_0,
                            DType.Q4_0,
                            DType.Q4_1,
                            DType.Q5_0,
                            DType.Q5_1);
        }
    }

    @Test
    void readsRowsAsTheWholeHasThem() {
        try (GgufFile file = GgufFile.open(SharedData.path("goldens", "gguf", "quants.gguf"))) {
            float[] whole = floats(file, "blk.q5_1");
            int columns = (int) file.info("blk.q5_1").rowLength();
            FloatBuffer rows = FloatBuffer.allocate(2 * columns);
            file.readRows("blk.q5_1", 1, 2, rows);
            assertThat(bits(rows.array())).isEqualTo(bits(Arrays.copyOfRange(whole, columns, 3 * columns)));
        }
    }

    @Test
    void readsEveryTypeOfMetadata() {
        try (GgufFile file = GgufFile.open(SharedData.path("goldens", "gguf", "quants.gguf"))) {
            GgufMetadata metadata = file.metadata();
            assertThat(metadata.whole("t.u8")).hasValue(200);
            assertThat(metadata.whole("t.i8")).hasValue(-100);
            assertThat(metadata.whole("t.u16")).hasValue(60000);
            assertThat(metadata.whole("t.i16")).hasValue(-30000);
            assertThat(metadata.whole("t.u32")).hasValue(4000000000L);
            assertThat(metadata.whole("t.i32")).hasValue(-2000000000);
            assertThat(metadata.bigWhole("t.u64")).hasToString("Optional[9223372036854775813]");
            assertThat(metadata.whole("t.i64")).hasValue(-4611686018427387904L);
            assertThat(metadata.real("t.f32")).hasValue(0.1f);
            assertThat(metadata.real("t.f64")).hasValue(0.1);
            assertThat(metadata.flag("t.bool")).contains(true);
            assertThat(metadata.text("t.str")).contains("naïve – ünïcode 🙂 {{ 7*7 }}");
            assertThat(metadata.texts("t.arr_str")).contains(List.of("a", "", "é"));
            assertThat(metadata.wholes("t.arr_i32").orElseThrow()).containsExactly(1, -2, 3);
            assertThat(metadata.reals("t.arr_f32").orElseThrow()).containsExactly(0.5, -1.25);
            assertThatThrownBy(() -> metadata.whole("t.u64"))
                    .hasMessageContaining("quants.gguf")
                    .hasMessageContaining("t.u64");
            assertThatThrownBy(() -> metadata.text("t.u8")).hasMessageContaining("key t.u8 is not a string");
        }
    }

    private static float[] floats(TensorSource source, String name) {
        FloatBuffer floats = FloatBuffer.allocate((int) source.info(name).elementCount());
        source.readFloats(name, floats);
        return floats.array();
    }

    private static int[] bits(float[] floats) {
        int[] bits = new int[floats.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(floats[i]);
        }
        return bits;
    }
}
