package org.demur.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class VectorDtypeTest {
    private static float bf16(float value) {
        return VectorDtype.BF16.decode(VectorDtype.BF16.encode(new float[] {value}, 0, 1))[0];
    }

    @Test
    void floatsComeBackAsTheyWere() {
        float[] values = {0f, -0f, 1.1f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NEGATIVE_INFINITY};

        assertThat(VectorDtype.F32.decode(VectorDtype.F32.encode(values, 0, 6))).containsExactly(values);
    }

    @Test
    void halvesRoundToTheNearestAndTiesToEven() {
        assertThat(bf16(1f)).isEqualTo(1f);
        assertThat(bf16(Float.intBitsToFloat(0x3f808000))).isEqualTo(Float.intBitsToFloat(0x3f800000));
        assertThat(bf16(Float.intBitsToFloat(0x3f818000))).isEqualTo(Float.intBitsToFloat(0x3f820000));
        assertThat(bf16(Float.intBitsToFloat(0x3f808001))).isEqualTo(Float.intBitsToFloat(0x3f810000));
        assertThat(bf16(-3.14159f)).isEqualTo(-3.140625f);
        assertThat(bf16(Float.MAX_VALUE)).isInfinite();
        assertThat(bf16(Float.NaN)).isNaN();
    }

    @Test
    void encodesAPartInLittleEndianOrder() {
        byte[] bytes = VectorDtype.F32.encode(new float[] {9f, 1f, 9f}, 1, 1);

        assertThat(bytes).containsExactly(0, 0, 0x80, 0x3f);
    }

    @Test
    void unknownNameIsRefused() {
        assertThatThrownBy(() -> VectorDtype.of("f16"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bf16 or f32, got f16");
    }
}
