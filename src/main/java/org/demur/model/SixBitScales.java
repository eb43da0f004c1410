package org.demur.model;

import java.nio.ByteBuffer;

/** The two ways ggml packs 6-bit scales into 12 bytes. */
final class SixBitScales {
    private SixBitScales() {}

    /** Scale {@code part} of sixteen: 8 bytes of low nibbles, then 4 bytes of upper bit pairs. */
    static int ofSixteen(ByteBuffer source, int at, int part) {
        int low = source.get(at + (part & 7)) >> (part >> 3) * 4 & 0xF;
        int high = source.get(at + 8 + (part & 3)) >> (part >> 2) * 2 & 3;
        return low | high << 4;
    }

    /** Scale {@code part} of eight, which share their bytes with eight minimums. */
    static int ofEight(ByteBuffer source, int at, int part) {
        return part < 4
                ? source.get(at + part) & 0x3F
                : source.get(at + part + 4) & 0xF | source.get(at + part - 4) >> 2 & 0x30;
    }

    /** Minimum {@code part} of eight. */
    static int minimumOfEight(ByteBuffer source, int at, int part) {
        return part < 4
                ? source.get(at + part + 4) & 0x3F
                : source.get(at + part + 4) >> 4 & 0xF | source.get(at + part) >> 2 & 0x30;
    }
}
