package org.demur.model;

import java.math.BigInteger;

/** One value of GGUF metadata. */
sealed interface GgufValue {
    /** A string. */
    record Text(String value) implements GgufValue {}

    /** An integer of any width and sign. */
    record Whole(BigInteger value) implements GgufValue {}

    /** A floating-point number. */
    record Real(double value) implements GgufValue {}

    /** A truth value. */
    record Flag(boolean value) implements GgufValue {}

    /** An array, left in the file until it is asked for. */
    record Many(GgufType element, int count, long position) implements GgufValue {}
}
