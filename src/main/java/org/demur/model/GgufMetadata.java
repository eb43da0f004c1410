package org.demur.model;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;

/**
 * The key-value part of a GGUF file.
 *
 * <p>Every accessor is empty for a missing key and refuses a value of another type, naming the file
 * and the key.
 */
public final class GgufMetadata {
    private final MappedFile file;
    private final SortedMap<String, GgufValue> values;

    GgufMetadata(MappedFile file, SortedMap<String, GgufValue> values) {
        this.file = file;
        this.values = values;
    }

    /** All keys, sorted. */
    public Set<String> keys() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** A string. */
    public Optional<String> text(String key) {
        return value(key).map(value -> value instanceof GgufValue.Text text ? text.value() : refuse(key, "string"));
    }

    /** A whole number that fits a signed long. */
    public OptionalLong whole(String key) {
        Optional<BigInteger> number = bigWhole(key);
        return number.isEmpty() ? OptionalLong.empty() : OptionalLong.of(asLong(key, number.get()));
    }

    /** A whole number of any width. */
    public Optional<BigInteger> bigWhole(String key) {
        return value(key).map(value -> value instanceof GgufValue.Whole n ? n.value() : refuse(key, "whole number"));
    }

    /** A number, whole or not. */
    public OptionalDouble real(String key) {
        Optional<Double> number = value(key).map(value -> {
            if (value instanceof GgufValue.Whole whole) {
                return whole.value().doubleValue();
            }
            return value instanceof GgufValue.Real n ? n.value() : refuse(key, "number");
        });
        return number.isPresent() ? OptionalDouble.of(number.get()) : OptionalDouble.empty();
    }

    /** A truth value. */
    public Optional<Boolean> flag(String key) {
        return value(key).map(value -> value instanceof GgufValue.Flag flag ? flag.value() : refuse(key, "bool"));
    }

    /** A list of strings. */
    public Optional<List<String>> texts(String key) {
        return many(key).map(array -> {
            if (array.element() != GgufType.STRING) {
                return refuse(key, "list of strings");
            }
            GgufCursor cursor = new GgufCursor(file, array.position());
            List<String> texts = new ArrayList<>(array.count());
            for (int i = 0; i < array.count(); i++) {
                texts.add(cursor.text("element " + i + " of " + key));
            }
            return Collections.unmodifiableList(texts);
        });
    }

    /** A list of whole numbers that fit signed longs. */
    public Optional<long[]> wholes(String key) {
        return many(key).map(array -> {
            GgufCursor cursor = new GgufCursor(file, array.position());
            long[] numbers = new long[array.count()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = asLong(key, cursor.whole(array.element(), "key " + key));
            }
            return numbers;
        });
    }

    /** A list of floating-point numbers. */
    public Optional<double[]> reals(String key) {
        return many(key).map(array -> {
            if (array.element() != GgufType.FLOAT32 && array.element() != GgufType.FLOAT64) {
                return refuse(key, "list of floating-point numbers");
            }
            GgufCursor cursor = new GgufCursor(file, array.position());
            double[] numbers = new double[array.count()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = cursor.real(array.element(), "key " + key);
            }
            return numbers;
        });
    }

    Path path() {
        return file.path();
    }

    Optional<GgufValue> value(String key) {
        return Optional.ofNullable(values.get(key));
    }

    private Optional<GgufValue.Many> many(String key) {
        return value(key).map(value -> value instanceof GgufValue.Many array ? array : refuse(key, "list"));
    }

    private long asLong(String key, BigInteger number) {
        if (number.bitLength() >= Long.SIZE) {
            throw Refusal.broken(file.path(), "key " + key + " holds " + number + ", beyond 2^63");
        }
        return number.longValue();
    }

    private <T> T refuse(String key, String wanted) {
        throw Refusal.broken(file.path(), "key " + key + " is not a " + wanted);
    }
}
