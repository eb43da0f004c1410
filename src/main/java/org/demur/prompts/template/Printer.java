package org.demur.prompts.template;

import java.util.List;
import java.util.Map;

/** Python's {@code str()} and {@code repr()}. */
final class Printer {
    private final Budget budget;

    Printer(Budget budget) {
        this.budget = budget;
    }

    /** What a value looks like in the output. */
    String str(Value value) {
        if (value instanceof Value.Text text) {
            return text.text();
        }
        if (value instanceof Value.Undefined) {
            return "";
        }
        return repr(value);
    }

    String repr(Value value) {
        StringBuilder out = new StringBuilder();
        write(out, value);
        return out.toString();
    }

    private void write(StringBuilder out, Value value) {
        budget.work();
        if (value instanceof Value.Text text) {
            writeQuoted(out, text.text());
        } else if (value instanceof Value.Int number) {
            out.append(number.number());
        } else if (value instanceof Value.Real real) {
            out.append(Numbers.repr(real.number()));
        } else if (value instanceof Value.Bool bool) {
            out.append(bool.truth() ? "True" : "False");
        } else if (value == Value.None.NONE) {
            out.append("None");
        } else if (value instanceof Value.Undefined) {
            out.append("Undefined");
        } else if (value instanceof Value.Items items && items.shape() != Value.Shape.VIEW) {
            writeItems(out, items);
        } else if (value instanceof Value.Mapping mapping) {
            writeMapping(out, mapping.entries());
        } else {
            throw new Refusal("printing a " + value.typeName() + " is not supported");
        }
        budget.admitText(out.length());
    }

    private void writeItems(StringBuilder out, Value.Items items) {
        List<Value> values = items.values();
        boolean tuple = items.shape() == Value.Shape.TUPLE;
        out.append(tuple ? '(' : '[');
        for (int i = 0; i < values.size(); i++) {
            out.append(i == 0 ? "" : ", ");
            write(out, values.get(i));
        }
        out.append(tuple ? (values.size() == 1 ? ",)" : ")") : "]");
    }

    private void writeMapping(StringBuilder out, Map<Value, Value> entries) {
        out.append('{');
        String separator = "";
        for (Map.Entry<Value, Value> entry : entries.entrySet()) {
            out.append(separator);
            write(out, entry.getKey());
            out.append(": ");
            write(out, entry.getValue());
            separator = ", ";
        }
        out.append('}');
    }

    private static void writeQuoted(StringBuilder out, String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(codePoint -> writeCharacter(out, codePoint, quote));
        out.append(quote);
    }

    private static void writeCharacter(StringBuilder out, int codePoint, char quote) {
        switch (codePoint) {
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                if (codePoint == quote) {
                    out.append('\\').append(quote);
                } else if (isPrintable(codePoint)) {
                    out.appendCodePoint(codePoint);
                } else {
                    out.append(escaped(codePoint));
                }
            }
        }
    }

    private static String escaped(int codePoint) {
        if (codePoint <= 0xff) {
            return "\\x%02x".formatted(codePoint);
        }
        return codePoint <= 0xffff ? "\\u%04x".formatted(codePoint) : "\\U%08x".formatted(codePoint);
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> codePoint == ' ';
            default -> true;
        };
    }
}
