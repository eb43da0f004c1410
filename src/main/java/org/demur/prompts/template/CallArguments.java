package org.demur.prompts.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The evaluated arguments of a call, filter or test. */
record CallArguments(List<Value> positional, Map<String, Value> named) {

    /** The arguments by parameter name; refuses what the parameters have no place for. */
    Bound bind(String callee, List<String> parameters) {
        if (positional.size() > parameters.size()) {
            throw new Refusal(callee + " takes at most " + parameters.size() + " arguments, got " + positional.size());
        }
        Map<String, Value> values = new LinkedHashMap<>();
        for (int i = 0; i < positional.size(); i++) {
            values.put(parameters.get(i), positional.get(i));
        }
        for (Map.Entry<String, Value> entry : named.entrySet()) {
            if (!parameters.contains(entry.getKey())) {
                throw new Refusal(callee + " has no parameter '" + entry.getKey() + "'");
            }
            if (values.put(entry.getKey(), entry.getValue()) != null) {
                throw new Refusal(callee + " got two values for '" + entry.getKey() + "'");
            }
        }
        return new Bound(callee, values);
    }

    /** Everything after the first positional arguments. */
    CallArguments dropping(int count) {
        return new CallArguments(positional.subList(count, positional.size()), named);
    }

    /** Arguments that have found their parameters. */
    record Bound(String callee, Map<String, Value> values) {
        Optional<Value> optional(String parameter) {
            return Optional.ofNullable(values.get(parameter));
        }

        Value required(String parameter) {
            return optional(parameter)
                    .orElseThrow(() -> new Refusal(callee + " needs the argument '" + parameter + "'"));
        }

        boolean flag(String parameter) {
            return optional(parameter).map(Value::truth).orElse(false);
        }

        String text(String parameter) {
            if (required(parameter) instanceof Value.Text text) {
                return text.text();
            }
            throw new Refusal(callee + " needs a string for '" + parameter + "'");
        }

        /** An integer argument; the default where it is absent or None. */
        long number(String parameter, long otherwise) {
            Value value = optional(parameter).orElse(Value.None.NONE);
            if (value == Value.None.NONE) {
                return otherwise;
            }
            if (value instanceof Value.Int number) {
                return number.number();
            }
            throw new Refusal(callee + " needs an integer for '" + parameter + "'");
        }
    }
}
