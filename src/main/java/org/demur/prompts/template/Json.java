package org.demur.prompts.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** transformers' {@code tojson}: Python's {@code json.dumps}, without HTML escapes. */
final class Json {
    /**
     * The layout of a document.
     *
     * @param indent what one level is indented by, empty for a document on one line
     */
    record Layout(
            String itemSeparator, String keySeparator, String indent, Lines lines, Keys keys, Characters characters) {}

    /** Whether members stand on lines of their own. */
    enum Lines {
        ONE,
        MANY
    }

    /** The order of keys. */
    enum Keys {
        AS_GIVEN,
        SORTED
    }

    /** Which characters are written as themselves. */
    enum Characters {
        ALL,
        ASCII
    }

    private final Budget budget;
    private final Layout layout;
    private final StringBuilder out = new StringBuilder();

    private Json(Budget budget, Layout layout) {
        this.budget = budget;
        this.layout = layout;
    }

    static String write(Budget budget, Layout layout, Value value) {
        Json json = new Json(budget, layout);
        json.write(value, 0);
        return json.out.toString();
    }

    private void write(Value value, int depth) {
        budget.work();
        Budget.checkDepth(depth);
        if (value instanceof Value.Text text) {
            writeString(text.text());
        } else if (value instanceof Value.Int number) {
            out.append(number.number());
        } else if (value instanceof Value.Real real) {
            out.append(number(real.number()));
        } else if (value instanceof Value.Bool bool) {
            out.append(bool.truth());
        } else if (value == Value.None.NONE) {
            out.append("null");
        } else if (value instanceof Value.Items items && items.shape() != Value.Shape.VIEW) {
            writeArray(items.values(), depth);
        } else if (value instanceof Value.Mapping mapping) {
            writeObject(mapping.entries(), depth);
        } else {
            throw new Refusal("a " + value.typeName() + " cannot be written as JSON");
        }
        budget.admitText(out.length());
    }

    private static String number(double number) {
        if (Double.isNaN(number)) {
            return "NaN";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "Infinity" : "-Infinity";
        }
        return Numbers.repr(number);
    }

    private void writeArray(List<Value> values, int depth) {
        out.append('[');
        for (int i = 0; i < values.size(); i++) {
            out.append(i == 0 ? "" : layout.itemSeparator());
            breakLine(depth + 1);
            write(values.get(i), depth + 1);
        }
        if (!values.isEmpty()) {
            breakLine(depth);
        }
        out.append(']');
    }

    private void writeObject(Map<Value, Value> entries, int depth) {
        List<Map.Entry<Value, Value>> ordered = new ArrayList<>(entries.entrySet());
        if (layout.keys() == Keys.SORTED) {
            ordered.sort(Comparator.comparing(entry -> key(entry.getKey())));
        }
        out.append('{');
        String separator = "";
        for (Map.Entry<Value, Value> entry : ordered) {
            out.append(separator);
            breakLine(depth + 1);
            writeString(key(entry.getKey()));
            out.append(layout.keySeparator());
            write(entry.getValue(), depth + 1);
            separator = layout.itemSeparator();
        }
        if (!ordered.isEmpty()) {
            breakLine(depth);
        }
        out.append('}');
    }

    private static String key(Value key) {
        if (key instanceof Value.Text text) {
            return text.text();
        }
        throw new Refusal("a " + key.typeName() + " as a key in JSON is not supported");
    }

    private void breakLine(int depth) {
        if (layout.lines() == Lines.MANY) {
            out.append('\n').append(layout.indent().repeat(depth));
        }
    }

    private void writeString(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            writeCharacter(text.charAt(i));
        }
        out.append('"');
    }

    private void writeCharacter(char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '\f' -> out.append("\\f");
            case '\b' -> out.append("\\b");
            default -> {
                boolean escaped = c < 0x20 || (layout.characters() == Characters.ASCII && c > 0x7e);
                if (escaped) {
                    out.append("\\u%04x".formatted((int) c));
                } else {
                    out.append(c);
                }
            }
        }
    }
}
