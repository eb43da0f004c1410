package org.demur.prompts.template;

import java.util.List;

/** Writes values to targets. */
final class Assigner {
    private Assigner() {}

    static void assign(Scope scope, Target target, Value value) {
        if (target instanceof Target.Variable variable) {
            scope.define(variable.name(), value);
        } else if (target instanceof Target.NamespaceAttribute attribute) {
            Value owner = scope.find(attribute.namespace()).orElse(Value.None.NONE);
            if (!(owner instanceof Namespace namespace)) {
                throw new Refusal("'" + attribute.namespace() + "' is not a namespace");
            }
            namespace.assign(attribute.attribute(), value);
        } else if (target instanceof Target.Several several) {
            List<Value> values = Sequences.values(value);
            if (values.size() != several.targets().size()) {
                throw new Refusal("%d values for %d names"
                        .formatted(values.size(), several.targets().size()));
            }
            for (int i = 0; i < values.size(); i++) {
                assign(scope, several.targets().get(i), values.get(i));
            }
        }
    }
}
