package org.demur.prompts.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Java values as template values, with their size counted. */
final class Inputs {
    private long characters;

    /** Characters of all strings converted so far. */
    long characters() {
        return characters;
    }

    Value value(Object object) {
        return value(object, 0);
    }

    private Value value(Object object, int depth) {
        Budget.checkDepth(depth);
        if (object == null) {
            return Value.None.NONE;
        }
        if (object instanceof String text) {
            characters += text.length();
            return new Value.Text(text);
        }
        if (object instanceof Boolean bool) {
            return Value.Bool.of(bool);
        }
        if (object instanceof Number number) {
            return number(number);
        }
        if (object instanceof List<?> list) {
            return items(list, depth);
        }
        if (object instanceof Map<?, ?> map) {
            return mapping(map, depth);
        }
        throw new Refusal(
                "a template variable of the class " + object.getClass().getName());
    }

    private static Value number(Number number) {
        if (number instanceof Integer || number instanceof Long || number instanceof Short) {
            return new Value.Int(number.longValue());
        }
        if (number instanceof Double || number instanceof Float) {
            return new Value.Real(number.doubleValue());
        }
        throw new Refusal(
                "a template variable of the class " + number.getClass().getName());
    }

    private Value items(List<?> list, int depth) {
        List<Value> values = new ArrayList<>();
        for (Object item : list) {
            values.add(value(item, depth + 1));
        }
        return Value.Items.list(values);
    }

    private Value mapping(Map<?, ?> map, int depth) {
        Map<Value, Value> entries = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String key)) {
                throw new Refusal("a template variable holds a map whose keys are not strings");
            }
            characters += key.length();
            entries.put(new Value.Text(key), value(entry.getValue(), depth + 1));
        }
        return new Value.Mapping(entries);
    }
}
