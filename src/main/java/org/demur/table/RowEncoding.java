package org.demur.table;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import scala.jdk.javaapi.CollectionConverters;

/**
 * One spelling of a row as bytes: each value is a tag of its type followed by its big-endian bytes, variable lengths
 * come first, maps are sorted by key. Rows are equal exactly when their bytes are; all NaN are one value.
 */
final class RowEncoding {
    private RowEncoding() {}

    /** Writes the columns of the row in order. */
    static void write(Row row, OutputStream out) {
        try {
            DataOutputStream data = new DataOutputStream(out);
            for (int column = 0; column < row.length(); column++) {
                value(row.get(column), data);
            }
            data.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void value(Object value, DataOutputStream out) throws IOException {
        if (value == null) {
            out.writeByte('0');
        } else if (value instanceof Number number) {
            number(number, out);
        } else if (value instanceof String text) {
            bytes('s', text.getBytes(StandardCharsets.UTF_8), out);
        } else if (value instanceof byte[] raw) {
            bytes('x', raw, out);
        } else if (value instanceof Boolean flag) {
            out.writeByte(flag ? 't' : 'n');
        } else if (value instanceof Timestamp time) {
            instant(time.toInstant(), out);
        } else if (value instanceof Instant time) {
            instant(time, out);
        } else {
            collection(value, out);
        }
    }

    private static void number(Number number, DataOutputStream out) throws IOException {
        if (number instanceof Integer whole) {
            out.writeByte('i');
            out.writeInt(whole);
        } else if (number instanceof Long whole) {
            out.writeByte('l');
            out.writeLong(whole);
        } else if (number instanceof Float real) {
            out.writeByte('f');
            out.writeInt(Float.floatToIntBits(real));
        } else if (number instanceof Double real) {
            out.writeByte('d');
            out.writeLong(Double.doubleToLongBits(real));
        } else {
            throw new IllegalArgumentException("No encoding for numbers of " + number.getClass());
        }
    }

    private static void collection(Object value, DataOutputStream out) throws IOException {
        if (value instanceof scala.collection.Seq<?> list) {
            out.writeByte('a');
            out.writeInt(list.length());
            for (Object element : CollectionConverters.asJava(list)) {
                value(element, out);
            }
        } else if (value instanceof scala.collection.Map<?, ?> map) {
            Map<String, Object> sorted = new TreeMap<>();
            CollectionConverters.asJava(map).forEach((key, element) -> sorted.put(key.toString(), element));
            out.writeByte('m');
            out.writeInt(sorted.size());
            for (Map.Entry<String, Object> entry : sorted.entrySet()) {
                bytes('s', entry.getKey().getBytes(StandardCharsets.UTF_8), out);
                value(entry.getValue(), out);
            }
        } else {
            throw new IllegalArgumentException("No encoding for values of " + value.getClass());
        }
    }

    private static void bytes(char tag, byte[] bytes, DataOutputStream out) throws IOException {
        out.writeByte(tag);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void instant(Instant time, DataOutputStream out) throws IOException {
        out.writeByte('p');
        out.writeLong(time.getEpochSecond());
        out.writeInt(time.getNano());
    }
}
