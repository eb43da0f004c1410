package org.demur.prompts.template;

import java.util.List;

/**
 * What {@code map}, {@code select} and their kin return: a row that can be consumed once.
 *
 * <p>In Jinja a second pass silently sees nothing; here it is refused.
 */
final class Generator implements Value {
    private final List<Value> values;
    private boolean consumed;

    Generator(List<Value> values) {
        this.values = values;
    }

    List<Value> consume() {
        if (consumed) {
            throw new Refusal("a generator is iterated a second time; add |list where it is made");
        }
        consumed = true;
        return values;
    }

    @Override
    public boolean truth() {
        return true;
    }

    @Override
    public String typeName() {
        return "generator";
    }
}
