package org.demur.prompts.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The {@code loop} variable, and the iteration behind it.
 *
 * <p>Items are drawn one at a time, as in Jinja, because the filter of a loop may depend on what its
 * body has assigned; only {@code last}, {@code nextitem} and the lengths look ahead.
 */
final class Loop implements Value {
    private final Iterator<Value> source;
    private final List<Value> ahead = new ArrayList<>();
    private Value previous = new Undefined("there is no previous item");
    private Value current = new Undefined("there is no previous item");
    private long index0 = -1;

    Loop(Iterator<Value> source) {
        this.source = source;
    }

    boolean advance() {
        if (ahead.isEmpty() && !source.hasNext()) {
            return false;
        }
        previous = current;
        current = ahead.isEmpty() ? source.next() : ahead.remove(0);
        index0++;
        return true;
    }

    Value current() {
        return current;
    }

    Value attribute(String name) {
        return switch (name) {
            case "index" -> new Int(index0 + 1);
            case "index0" -> new Int(index0);
            case "first" -> Bool.of(index0 == 0);
            case "last" -> Bool.of(isLast());
            case "length" -> new Int(length());
            case "revindex" -> new Int(length() - index0);
            case "revindex0" -> new Int(length() - index0 - 1);
            case "depth" -> new Int(1);
            case "depth0" -> new Int(0);
            case "previtem" -> previous;
            case "nextitem" -> isLast() ? new Undefined("there is no next item") : ahead.get(0);
            default -> throw new Refusal("the loop variable's attribute '" + name + "' is not supported");
        };
    }

    private boolean isLast() {
        if (ahead.isEmpty() && source.hasNext()) {
            ahead.add(source.next());
        }
        return ahead.isEmpty();
    }

    private long length() {
        while (source.hasNext()) {
            ahead.add(source.next());
        }
        return index0 + 1 + ahead.size();
    }

    @Override
    public boolean truth() {
        return true;
    }

    @Override
    public String typeName() {
        return "loop";
    }
}
