package org.demur.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sixteen-bit numbers. */
class HalfTest {
    @ParameterizedTest
    @CsvSource({
        "0x3C00,1",
        "0xC000,-2",
        "0x7BFF,65504",
        "0x0400,6.103515625E-5",
        "0x0001,5.9604645E-8",
        "0x83FF,-6.097555E-5",
        "0x7C00,Infinity",
        "0xFC00,-Infinity",
        "0x3555,0.33325195"
    })
    void widensBinary16(String bits, float expected) {
        assertThat(Half.fromBinary16(Integer.decode(bits).shortValue())).isEqualTo(expected);
    }

    @Test
    void keepsZeroSignsAndNans() {
        assertThat(Float.floatToRawIntBits(Half.fromBinary16((short) 0x8000))).isEqualTo(0x80000000);
        assertThat(Half.fromBinary16((short) 0x7E01)).isNaN();
        assertThat(Half.fromBfloat16(Half.toBfloat16(Float.NaN))).isNaN();
    }

    @Test
    void narrowsEveryBfloat16ToItself() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = Half.fromBfloat16((short) bits);
            if (!Float.isNaN(value)) {
                assertThat(Half.toBfloat16(value)).isEqualTo((short) bits);
            }
        }
    }
}
