package org.demur.prompts.template;

import java.util.List;

/** Binding for Python methods whose parameters have no names. */
final class Parameters {
    private Parameters() {}

    static CallArguments.Bound positionalOnly(String callee, CallArguments arguments, String... parameters) {
        if (!arguments.named().isEmpty()) {
            throw new Refusal(callee + " takes no named arguments");
        }
        return arguments.bind(callee, List.of(parameters));
    }
}
