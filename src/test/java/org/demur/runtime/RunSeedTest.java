package org.demur.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunSeedTest {
    private static final RunSeed SEED = new RunSeed(7);

    @Test
    void streamsDifferByPurposeAndEveryIndex() {
        assertThat(new long[] {
                    SEED.derive("a"),
                    SEED.derive("b"),
                    SEED.derive("a", 0),
                    SEED.derive("a", 1),
                    SEED.derive("a", 0, 0),
                    SEED.derive("a", 0, 1),
                    SEED.derive("a", 1, 0),
                    new RunSeed(8).derive("a")
                })
                .doesNotHaveDuplicates();
    }

    @Test
    void theSameStreamHasTheSameSeedForEver() {
        assertThat(SEED.derive("shuffle", 3, 1)).isEqualTo(SEED.derive("shuffle", 3, 1));
        assertThat(new RunSeed(0).derive("", new long[0])).isEqualTo(0x374708fff7719dd5L);
    }

    @Test
    void bitsAreBalanced() {
        int ones = 0;
        for (int i = 0; i < 1000; i++) {
            ones += Long.bitCount(SEED.derive("balance", i));
        }
        assertThat(ones).isBetween(31_000, 33_000);
    }
}
