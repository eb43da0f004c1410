package org.demur.report;

import java.util.Map;

/** A row of a result by column name; SQL NULL is an absent key. */
public record ResultRow(Map<String, Object> values) {

    /** Whether the column holds a value; NaN is none. */
    boolean has(String column) {
        Object value = values.get(column);
        return value != null && !(value instanceof Double number && number.isNaN());
    }

    /** The value as text, empty for NULL. */
    String text(String column) {
        return has(column) ? values.get(column).toString() : "";
    }

    /** The value as a number, NaN for NULL. */
    double number(String column) {
        return values.get(column) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** The value as a whole number, 0 for NULL. */
    long whole(String column) {
        return values.get(column) instanceof Number number ? number.longValue() : 0;
    }

    /** The value as true or false, false for NULL. */
    boolean flag(String column) {
        return Boolean.TRUE.equals(values.get(column));
    }
}
