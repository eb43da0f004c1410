package org.demur.prompts.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Attributes, indices and slices. */
final class Subscripts {
    private static final Set<String> LIST_ATTRIBUTES =
            Set.of("append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove", "reverse", "sort");
    private static final Set<String> DICT_ATTRIBUTES = Set.of(
            "clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values");

    private Subscripts() {}

    /** {@code owner.name} that is not called. */
    static Value attribute(Value owner, String name) {
        if (owner instanceof Value.Undefined undefined) {
            throw new Refusal(undefined.complaint());
        }
        if (owner instanceof Value.Mapping mapping) {
            refuseAttributes(DICT_ATTRIBUTES, owner, name);
            return entry(mapping, name);
        }
        if (owner instanceof Namespace namespace) {
            refuseUnderscore(owner, name);
            return namespace.attribute(name);
        }
        if (owner instanceof Loop loop) {
            return loop.attribute(name);
        }
        if (owner instanceof Value.Items || owner == Value.None.NONE) {
            refuseUnderscore(owner, name);
            refuseAttributes(LIST_ATTRIBUTES, owner, name);
            return missing(owner, name);
        }
        throw new Refusal("the attribute '%s' of a %s is not supported".formatted(name, owner.typeName()));
    }

    private static void refuseAttributes(Set<String> attributes, Value owner, String name) {
        if (attributes.contains(name) || name.startsWith("__")) {
            throw new Refusal("the attribute '%s' of a %s is not supported".formatted(name, owner.typeName()));
        }
    }

    private static void refuseUnderscore(Value owner, String name) {
        if (name.startsWith("_")) {
            throw new Refusal("access to attribute '%s' of a %s is unsafe".formatted(name, owner.typeName()));
        }
    }

    private static Value entry(Value.Mapping mapping, String name) {
        Value value = mapping.entries().get(new Value.Text(name));
        return value == null ? missing(mapping, name) : value;
    }

    private static Value missing(Value owner, String name) {
        return new Value.Undefined("'%s object' has no attribute '%s'".formatted(owner.typeName(), name));
    }

    /** {@code owner[index]}. */
    static Value item(Value owner, Value index) {
        if (owner instanceof Value.Undefined undefined) {
            throw new Refusal(undefined.complaint());
        }
        if (owner instanceof Value.Mapping mapping) {
            Value found = mapping.entries().get(Sequences.key(index));
            if (found != null) {
                return found;
            }
            return index instanceof Value.Text text
                    ? attribute(owner, text.text())
                    : new Value.Undefined("'dict object' has no such element");
        }
        if (index instanceof Value.Int number && isIndexable(owner)) {
            return element(owner, number.number());
        }
        if (index instanceof Value.Text name && !(owner instanceof Loop)) {
            return attribute(owner, name.text());
        }
        throw new Refusal("indexing a %s with a %s is not supported".formatted(owner.typeName(), index.typeName()));
    }

    private static boolean isIndexable(Value owner) {
        return owner instanceof Value.Text || (owner instanceof Value.Items items && items.shape() != Value.Shape.VIEW);
    }

    private static Value element(Value owner, long index) {
        List<Value> values = Sequences.values(owner);
        long at = index < 0 ? index + values.size() : index;
        if (at < 0 || at >= values.size()) {
            return new Value.Undefined(owner.typeName() + " object has no element " + index);
        }
        return values.get((int) at);
    }

    /** {@code owner[start:stop:step]}. */
    static Value slice(Value owner, Value start, Value stop, Value step) {
        if (owner instanceof Value.Undefined undefined) {
            throw new Refusal(undefined.complaint());
        }
        if (!isIndexable(owner)) {
            throw new Refusal("slicing a " + owner.typeName() + " is not supported");
        }
        List<Value> sliced = sliced(Sequences.values(owner), start, stop, step);
        if (owner instanceof Value.Items items) {
            return new Value.Items(sliced, items.shape());
        }
        StringBuilder text = new StringBuilder();
        for (Value value : sliced) {
            text.append(((Value.Text) value).text());
        }
        return new Value.Text(text.toString());
    }

    private static List<Value> sliced(List<Value> values, Value start, Value stop, Value step) {
        long stride = bound(step, 1);
        if (stride == 0) {
            throw new Refusal("a slice with step 0");
        }
        int size = values.size();
        long first = clamped(bound(start, stride > 0 ? 0 : Long.MAX_VALUE), size, stride);
        long end = stop == Value.None.NONE ? (stride > 0 ? size : -1) : clamped(bound(stop, 0), size, stride);
        List<Value> sliced = new ArrayList<>();
        for (long i = first; stride > 0 ? i < end : i > end; i += stride) {
            sliced.add(values.get((int) i));
            if (Math.abs(stride) > size) {
                break;
            }
        }
        return sliced;
    }

    private static long bound(Value value, long otherwise) {
        return value == Value.None.NONE ? otherwise : Numbers.integer(value);
    }

    private static long clamped(long index, int size, long stride) {
        long fromStart = index < 0 ? index + size : index;
        return stride > 0 ? Math.max(0, Math.min(fromStart, size)) : Math.max(-1, Math.min(fromStart, size - 1));
    }
}
