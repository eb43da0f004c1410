package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.demur.SharedData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Unpacked weights against those of gguf-py, bit for bit. */
@Tag("shared")
class QuantizationGoldenTest {
    @ParameterizedTest
    @MethodSource("sets")
    void matchesTheReferenceBitForBit(String set, Set<DType> types) {
        Set<DType> compared = EnumSet.noneOf(DType.class);
        try (GgufFile file = GgufFile.open(SharedData.path("goldens", "gguf", set + ".gguf"));
                SafetensorsFile golden =
                        SafetensorsFile.open(SharedData.path("goldens", "gguf", set + ".golden.safetensors"))) {
            for (String name : file.names()) {
                TensorInfo info = file.info(name);
                assertThat(info.shape()).as(name).isEqualTo(golden.info(name).shape());
                assertThat(bits(floats(file, name))).as(name).isEqualTo(bits(floats(golden, name)));
                compared.add(info.dtype());
            }
        }
        assertThat(compared).isEqualTo(types);
    }

    static Stream<Arguments> sets() {
        return Stream.of(
                Arguments.of(
                        "quants",
                        EnumSet.of(
                                DType.F32,
                                DType.F16,
                                DType.BF16,
                                DType.Q8_0,
                                DType.Q4_0,
                                DType.Q4_1,
                                DType.Q5_0,
                                DType.Q5_1,
                                DType.Q2_K,
                                DType.Q3_K,
                                DType.Q4_K,
                                DType.Q5_K,
                                DType.Q6_K,
                                DType.IQ4_NL)),
                Arguments.of(
                        "quants_extra",
                        EnumSet.of(
                                DType.IQ4_XS,
                                DType.IQ3_S,
                                DType.IQ3_XXS,
                                DType.IQ2_S,
                                DType.IQ2_XS,
                                DType.IQ2_XXS,
                                DType.IQ1_S,
                                DType.TQ1_0,
                                DType.TQ2_0,
                                DType.MXFP4)));
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"Q2_K", "Q4_K", "IQ4_NL", "Q5_1"})
    void readsRowsAsTheWholeHasThem(DType type) {
        try (GgufFile file = GgufFile.open(SharedData.path("goldens", "gguf", "quants.gguf"))) {
            String name = "blk." + type.name().toLowerCase(Locale.ROOT);
            float[] whole = floats(file, name);
            int columns = (int) file.info(name).rowLength();
            FloatBuffer rows = FloatBuffer.allocate(2 * columns);
            file.readRows(name, 1, 2, rows);
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
