package org.demur.prompts.template;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.demur.prompts.template.Operators.Relation;

/** The tests behind {@code is}. */
final class Tests {
    private static final Map<String, Relation> RELATIONS = Map.ofEntries(
            Map.entry("eq", Relation.EQUAL),
            Map.entry("equalto", Relation.EQUAL),
            Map.entry("==", Relation.EQUAL),
            Map.entry("ne", Relation.UNEQUAL),
            Map.entry("!=", Relation.UNEQUAL),
            Map.entry("lt", Relation.LESS),
            Map.entry("lessthan", Relation.LESS),
            Map.entry("<", Relation.LESS),
            Map.entry("le", Relation.LESS_OR_EQUAL),
            Map.entry("<=", Relation.LESS_OR_EQUAL),
            Map.entry("gt", Relation.GREATER),
            Map.entry("greaterthan", Relation.GREATER),
            Map.entry(">", Relation.GREATER),
            Map.entry("ge", Relation.GREATER_OR_EQUAL),
            Map.entry(">=", Relation.GREATER_OR_EQUAL),
            Map.entry("in", Relation.IN));
    private static final Set<String> PLAIN = Set.of(
            "defined",
            "undefined",
            "none",
            "string",
            "number",
            "integer",
            "float",
            "boolean",
            "true",
            "false",
            "mapping",
            "sequence",
            "iterable",
            "callable",
            "odd",
            "even",
            "upper",
            "lower");

    /** Every supported test. */
    static final Set<String> NAMES = names();

    private final Operators operators;
    private final Printer printer;

    Tests(Operators operators, Printer printer) {
        this.operators = operators;
        this.printer = printer;
    }

    private static Set<String> names() {
        Set<String> names = new TreeSet<>(RELATIONS.keySet());
        names.addAll(PLAIN);
        names.add("divisibleby");
        names.add("sameas");
        return Set.copyOf(names);
    }

    boolean holds(String name, Value input, CallArguments arguments) {
        if (RELATIONS.containsKey(name)) {
            Value other = arguments.bind("the test " + name, List.of("other")).required("other");
            return operators.holds(RELATIONS.get(name), input, other);
        }
        if (name.equals("divisibleby")) {
            Value divisor = arguments.bind(name, List.of("num")).required("num");
            return isMultiple(input, divisor);
        }
        if (name.equals("sameas")) {
            return isSame(input, arguments.bind(name, List.of("other")).required("other"));
        }
        if (!PLAIN.contains(name)) {
            throw new Refusal("the test '" + name + "' is not supported");
        }
        arguments.bind("the test " + name, List.of());
        return holds(name, input);
    }

    private boolean holds(String name, Value input) {
        return switch (name) {
            case "defined" -> !(input instanceof Value.Undefined);
            case "undefined" -> input instanceof Value.Undefined;
            case "none" -> input == Value.None.NONE;
            case "string" -> input instanceof Value.Text;
            case "number" -> Numbers.isNumber(input);
            case "integer" -> input instanceof Value.Int;
            case "float" -> input instanceof Value.Real;
            case "boolean" -> input instanceof Value.Bool;
            case "true" -> input == Value.Bool.TRUE;
            case "false" -> input == Value.Bool.FALSE;
            case "mapping" -> input instanceof Value.Mapping;
            case "sequence" -> isSequence(input);
            case "iterable" -> Sequences.isIterable(input) || input instanceof Loop;
            case "callable" -> input instanceof Value.Function;
            case "odd" -> !isMultiple(input, new Value.Int(2));
            case "even" -> isMultiple(input, new Value.Int(2));
            default -> Characters.all(printer.str(input), "is" + name);
        };
    }

    private static boolean isSequence(Value input) {
        if (input instanceof Value.Items items && items.shape() == Value.Shape.VIEW) {
            throw new Refusal("whether a range or dictionary view is a sequence is not supported");
        }
        return Sequences.isIterable(input) && !(input instanceof Generator);
    }

    private boolean isMultiple(Value input, Value divisor) {
        Value remainder = operators.apply(Operators.Operator.REMAINDER, input, divisor);
        return operators.equal(remainder, new Value.Int(0));
    }

    private static boolean isSame(Value input, Value other) {
        if (other instanceof Value.Bool || other == Value.None.NONE) {
            return input == other;
        }
        throw new Refusal("sameas is supported for true, false and none only");
    }
}
