package org.demur.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * The tables of ggml's IQ types: the short vectors that weights are rounded to, without scale and sign.
 *
 * <p>The resource of a table is the hex text of gguf-py: two bits a number where there are three levels,
 * four where there are eight, lowest bits first.
 */
enum Codebook {
    IQ2_XXS("iq2_xxs", 8, 0x08, 0x19, 0x2b),
    IQ2_XS("iq2_xs", 8, 0x08, 0x19, 0x2b),
    IQ2_S("iq2_s", 8, 0x08, 0x19, 0x2b),
    IQ3_XXS("iq3_xxs", 4, 0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x34, 0x3e),
    IQ3_S("iq3_s", 4, 0x01, 0x03, 0x05, 0x07, 0x09, 0x0b, 0x0d, 0x0f),
    IQ1("iq1", 8, -1, 0, 1);

    private final int width;
    private final byte[] vectors;

    Codebook(String resource, int width, int... levels) {
        this.width = width;
        byte[] packed = HexFormat.of().parseHex(text(resource + ".codebook").replace("\n", ""));
        int bits = levels.length == 3 ? 2 : 4;
        int inByte = Byte.SIZE / bits;
        this.vectors = new byte[packed.length * inByte];
        for (int i = 0; i < vectors.length; i++) {
            int number = packed[i / inByte] >> i % inByte * bits & (1 << bits) - 1;
            vectors[i] = (byte) levels[number];
        }
    }

    private static String text(String resource) {
        try (InputStream stream = Codebook.class.getResourceAsStream(resource)) {
            if (stream == null) {
                throw new IllegalStateException("the resource " + resource + " is missing beside " + Codebook.class);
            }
            return new String(stream.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Eight sign bits from the lowest seven: the eighth makes the number of minus signs even. */
    static int evenSigns(int bits) {
        return bits & 0x7F | (Integer.bitCount(bits & 0x7F) & 1) << 7;
    }

    /** Writes {@code scale} times a vector; a weight is negated where its bit of {@code signs} is 1. */
    void unpack(int entry, int signs, float scale, float[] target, int at) {
        int from = entry * width;
        for (int j = 0; j < width; j++) {
            int sign = 1 - (signs >> j << 1 & 2);
            target[at + j] = scale * (vectors[from + j] * sign);
        }
    }

    /** Writes {@code scale * (v + shift)} for every number v of a vector. */
    void unpackShifted(int entry, float shift, float scale, float[] target, int at) {
        int from = entry * width;
        for (int j = 0; j < width; j++) {
            target[at + j] = scale * (vectors[from + j] + shift);
        }
    }
}
