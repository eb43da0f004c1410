package org.demur.prompts.template;

import java.util.List;

/** Iteration, keys and lengths. */
final class Sequences {
    private Sequences() {}

    static Value text(String text) {
        return new Value.Text(text);
    }

    static List<Value> texts(List<String> texts) {
        return texts.stream().map(Sequences::text).toList();
    }

    /** What iterating over the value yields. */
    static List<Value> values(Value value) {
        if (value instanceof Value.Items items) {
            return items.values();
        }
        if (value instanceof Value.Text text) {
            return texts(PythonText.characters(text.text()));
        }
        if (value instanceof Value.Mapping mapping) {
            return List.copyOf(mapping.entries().keySet());
        }
        if (value instanceof Generator generator) {
            return generator.consume();
        }
        if (value instanceof Value.Undefined) {
            return List.of();
        }
        throw new Refusal("a " + value.typeName() + " cannot be iterated");
    }

    static boolean isIterable(Value value) {
        return value instanceof Value.Items
                || value instanceof Value.Text
                || value instanceof Value.Mapping
                || value instanceof Generator
                || value instanceof Value.Undefined;
    }

    static long length(Value value) {
        if (value instanceof Value.Text text) {
            return PythonText.length(text.text());
        }
        if (value instanceof Value.Items || value instanceof Value.Mapping || value instanceof Value.Undefined) {
            return values(value).size();
        }
        throw new Refusal("a " + value.typeName() + " has no length");
    }

    /** A value as a dictionary key; Python would accept more kinds than these. */
    static Value key(Value value) {
        if (value instanceof Value.Text || value instanceof Value.Int || value == Value.None.NONE) {
            return value;
        }
        throw new Refusal("a " + value.typeName() + " as a dictionary key is not supported");
    }
}
