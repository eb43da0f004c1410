package org.demur.prompts.template;

import java.util.HashMap;
import java.util.Map;

/** The one mutable value: carries assignments out of loops. */
final class Namespace implements Value {
    private final Map<String, Value> attributes;

    Namespace(Map<String, Value> attributes) {
        this.attributes = new HashMap<>(attributes);
    }

    Value attribute(String name) {
        Value value = attributes.get(name);
        return value == null ? new Undefined("'namespace object' has no attribute '" + name + "'") : value;
    }

    void assign(String name, Value value) {
        attributes.put(name, value);
    }

    @Override
    public boolean truth() {
        return true;
    }

    @Override
    public String typeName() {
        return "namespace";
    }
}
