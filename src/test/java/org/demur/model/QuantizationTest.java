package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Unpacked blocks of made-up bytes. */
class QuantizationTest {
    private static final int BLOCKS = 3;

    /** The checksums are of what gguf-py 0.19.0 makes of the same bytes. */
    @ParameterizedTest
    @CsvSource({
        "Q8_0, c85a300a",
        "Q4_0, 8ae16b2a",
        "Q4_1, bc65e74f",
        "Q5_0, 87410021",
        "Q5_1, 52bc2c32",
        "Q2_K, a02291bc",
        "Q3_K, 29b69c72",
        "Q4_K, afe22196",
        "Q5_K, 9c203527",
        "Q6_K, f22cbbd3",
        "IQ4_NL, a435427c",
        "IQ4_XS, 24c853ec",
        "IQ3_XXS, 7a149dbd",
        "IQ3_S, b4ac482a",
        "IQ2_XXS, 642ae3fb",
        "IQ2_XS, 3ec86e7c",
        "IQ2_S, cba0d99e",
        "IQ1_S, 16a24c81",
        "IQ1_M, 39a1e471",
        "TQ1_0, fda9492c",
        "TQ2_0, bb3133b4",
        "MXFP4, 519bcbcb"
    })
    void unpacksTheBitsOfTheReference(DType type, String checksum) {
        float[] weights = new float[BLOCKS * type.blockSize()];
        type.quantization().orElseThrow().dequantise(noise(type), 0, weights, BLOCKS);
        ByteBuffer bytes = ByteBuffer.allocate(weights.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(weights);
        CRC32 crc = new CRC32();
        crc.update(bytes);
        assertThat(HexFormat.of().toHexDigits((int) crc.getValue())).isEqualTo(checksum);
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"(IQ|TQ|MXFP|Q[2-6]|Q8_0).*"},
            mode = EnumSource.Mode.MATCH_ALL)
    void unpacksEachBlockByItself(DType type) {
        if (type == DType.Q8_1 || type == DType.Q8_K) {
            assertThat(type.quantization())
                    .as("a type of activations, not of stored weights")
                    .isEmpty();
            return;
        }
        Quantization packing = type.quantization().orElseThrow();
        float[] all = new float[BLOCKS * type.blockSize()];
        packing.dequantise(noise(type), 0, all, BLOCKS);
        float[] last = new float[type.blockSize()];
        packing.dequantise(noise(type), 2 * type.bytesPerBlock(), last, 1);
        assertThat(last).isEqualTo(Arrays.copyOfRange(all, 2 * type.blockSize(), 3 * type.blockSize()));
    }

    /** Bytes of a linear congruential generator from a seed for which every scale is finite. */
    private static ByteBuffer noise(DType type) {
        ByteBuffer bytes = ByteBuffer.allocate(BLOCKS * type.bytesPerBlock()).order(ByteOrder.LITTLE_ENDIAN);
        int state = 2;
        while (bytes.hasRemaining()) {
            state = state * 1103515245 + 12345;
            bytes.put((byte) (state >>> 24));
        }
        return bytes.flip();
    }
}
