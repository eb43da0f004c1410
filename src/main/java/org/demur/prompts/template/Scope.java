package org.demur.prompts.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Names visible at one place of a template: its own, then those of the enclosing scopes. */
final class Scope {
    private final List<Map<String, Value>> innermostFirst;

    private Scope(List<Map<String, Value>> innermostFirst) {
        this.innermostFirst = innermostFirst;
    }

    static Scope root(Map<String, Value> names) {
        return new Scope(List.of(new HashMap<>(names)));
    }

    Scope inner() {
        List<Map<String, Value>> frames = new ArrayList<>();
        frames.add(new HashMap<>());
        frames.addAll(innermostFirst);
        return new Scope(frames);
    }

    void define(String name, Value value) {
        innermostFirst.get(0).put(name, value);
    }

    Optional<Value> find(String name) {
        for (Map<String, Value> names : innermostFirst) {
            Value value = names.get(name);
            if (value != null) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
