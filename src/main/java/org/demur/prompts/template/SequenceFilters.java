package org.demur.prompts.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The filters that take rows of values. */
final class SequenceFilters {
    static final Set<String> NAMES = Set.of(
            "length",
            "count",
            "first",
            "last",
            "list",
            "join",
            "reverse",
            "sort",
            "sum",
            "min",
            "max",
            "unique",
            "items",
            "dictsort",
            "map",
            "select",
            "reject",
            "selectattr",
            "rejectattr");

    private final Budget budget;
    private final Printer printer;
    private final Operators operators;
    private final Tests tests;
    private final Filters filters;

    SequenceFilters(Budget budget, Printer printer, Operators operators, Tests tests, Filters filters) {
        this.budget = budget;
        this.printer = printer;
        this.operators = operators;
        this.tests = tests;
        this.filters = filters;
    }

    Value apply(String name, Value input, CallArguments arguments) {
        return switch (name) {
            case "map" -> map(input, arguments);
            case "select" -> new Generator(kept(input, test(arguments)));
            case "reject" -> new Generator(kept(input, test(arguments).negate()));
            case "selectattr" -> new Generator(kept(input, attributeTest(name, arguments)));
            case "rejectattr" ->
                new Generator(kept(input, attributeTest(name, arguments).negate()));
            case "join" -> join(input, arguments);
            case "sort" -> sort(input, arguments);
            case "sum" -> sum(input, arguments);
            case "dictsort", "items" -> pairs(name, input, arguments);
            default -> plain(name, input, arguments.bind(name, List.of()));
        };
    }

    private Value plain(String name, Value input, CallArguments.Bound nothing) {
        return switch (name) {
            case "length", "count" -> new Value.Int(Sequences.length(input));
            case "first" -> end(Sequences.values(input), nothing.callee());
            case "last" -> last(input);
            case "list" -> Value.Items.list(Sequences.values(input));
            case "reverse" -> reversed(input);
            case "unique" -> unique(Sequences.values(input));
            case "min", "max" -> extreme(name, Sequences.values(input));
            default -> throw new Refusal("the filter '" + name + "' is not supported");
        };
    }

    private static Value end(List<Value> values, String filter) {
        if (values.isEmpty()) {
            return new Value.Undefined("no items for the filter '" + filter + "'");
        }
        return filter.equals("first") ? values.get(0) : values.get(values.size() - 1);
    }

    private static Value last(Value input) {
        if (input instanceof Generator) {
            throw new Refusal("the last item of a generator is not supported; use |list");
        }
        return end(Sequences.values(input), "last");
    }

    private static Value reversed(Value input) {
        List<Value> values = new ArrayList<>(Sequences.values(input));
        Collections.reverse(values);
        if (!(input instanceof Value.Text)) {
            return new Generator(values);
        }
        StringBuilder text = new StringBuilder();
        values.forEach(value -> text.append(((Value.Text) value).text()));
        return Sequences.text(text.toString());
    }

    private Value unique(List<Value> values) {
        List<Value> kept = new ArrayList<>();
        List<Value> keys = new ArrayList<>();
        for (Value value : values) {
            Value key = withoutCase(value);
            if (keys.stream().noneMatch(seen -> operators.equal(seen, key))) {
                keys.add(key);
                kept.add(value);
            }
        }
        return new Generator(kept);
    }

    private Value extreme(String name, List<Value> values) {
        Comparator<Value> order = this::compareWithoutCase;
        Comparator<Value> sought = name.equals("min") ? order.reversed() : order;
        Value best = end(values, "first");
        for (Value value : values) {
            best = sought.compare(value, best) > 0 ? value : best;
        }
        return best;
    }

    private static Value withoutCase(Value value) {
        return value instanceof Value.Text text ? Sequences.text(PythonText.lower(text.text())) : value;
    }

    private int compareWithoutCase(Value left, Value right) {
        return compare(withoutCase(left), withoutCase(right));
    }

    private int compare(Value left, Value right) {
        budget.work();
        if (operators.holds(Operators.Relation.LESS, left, right)) {
            return -1;
        }
        return operators.holds(Operators.Relation.LESS, right, left) ? 1 : 0;
    }

    private Value map(Value input, CallArguments arguments) {
        List<Value> mapped = new ArrayList<>();
        if (arguments.positional().isEmpty()) {
            CallArguments.Bound bound = arguments.bind("map", List.of("attribute", "default"));
            String path = path(bound.required("attribute"));
            for (Value value : Sequences.values(input)) {
                Value found = attribute(value, path);
                boolean missing = found instanceof Value.Undefined;
                mapped.add(missing ? bound.optional("default").orElse(found) : found);
            }
        } else {
            String filter = name(arguments);
            for (Value value : Sequences.values(input)) {
                budget.work();
                mapped.add(filters.apply(filter, value, arguments.dropping(1)));
            }
        }
        return new Generator(mapped);
    }

    private static String name(CallArguments arguments) {
        if (arguments.positional().get(0) instanceof Value.Text name) {
            return name.text();
        }
        throw new Refusal("the name of a filter or test has to be a string");
    }

    private static String path(Value path) {
        if (path instanceof Value.Text text && !text.text().matches(".*(^|\\.)[0-9].*")) {
            return text.text();
        }
        throw new Refusal("only names, with dots between them, are supported as attributes here");
    }

    private static Value attribute(Value owner, String path) {
        Value value = owner;
        for (String name : PythonText.split(path, ".", -1)) {
            value = Subscripts.item(value, Sequences.text(name));
        }
        return value;
    }

    private Predicate<Value> test(CallArguments arguments) {
        if (arguments.positional().isEmpty()) {
            arguments.bind("select", List.of());
            return Value::truth;
        }
        String test = name(arguments);
        CallArguments rest = arguments.dropping(1);
        return value -> tests.holds(test, value, rest);
    }

    private Predicate<Value> attributeTest(String filter, CallArguments arguments) {
        if (arguments.positional().isEmpty()) {
            throw new Refusal(filter + " needs the name of an attribute");
        }
        String path = path(arguments.positional().get(0));
        Predicate<Value> test = test(arguments.dropping(1));
        return value -> test.test(attribute(value, path));
    }

    private List<Value> kept(Value input, Predicate<Value> condition) {
        List<Value> kept = new ArrayList<>();
        for (Value value : Sequences.values(input)) {
            budget.work();
            if (condition.test(value)) {
                kept.add(value);
            }
        }
        return kept;
    }

    private Value join(Value input, CallArguments arguments) {
        CallArguments.Bound bound = arguments.bind("join", List.of("d", "attribute"));
        List<String> parts = new ArrayList<>();
        for (Value value : Sequences.values(input)) {
            boolean whole = bound.optional("attribute").isEmpty();
            Value part = whole ? value : attribute(value, path(bound.required("attribute")));
            parts.add(printer.str(part));
        }
        String separator = bound.optional("d").map(printer::str).orElse("");
        return filters.methods().joined(separator, parts);
    }

    private Value sort(Value input, CallArguments arguments) {
        CallArguments.Bound bound = arguments.bind("sort", List.of("reverse", "case_sensitive", "attribute"));
        Comparator<Value> order = bound.flag("case_sensitive") ? this::compare : this::compareWithoutCase;
        if (bound.optional("attribute").isPresent()) {
            String path = path(bound.required("attribute"));
            Comparator<Value> byAttribute = order;
            order = (a, b) -> byAttribute.compare(attribute(a, path), attribute(b, path));
        }
        List<Value> sorted = new ArrayList<>(Sequences.values(input));
        sorted.sort(bound.flag("reverse") ? order.reversed() : order);
        return Value.Items.list(sorted);
    }

    private Value sum(Value input, CallArguments arguments) {
        CallArguments.Bound bound = arguments.bind("sum", List.of("attribute", "start"));
        Value total = bound.optional("start").orElse(new Value.Int(0));
        boolean whole =
                bound.optional("attribute").filter(v -> v != Value.None.NONE).isEmpty();
        for (Value value : Sequences.values(input)) {
            Value term = whole ? value : attribute(value, path(bound.required("attribute")));
            total = operators.apply(Operators.Operator.ADD, total, term);
        }
        return total;
    }

    private Value pairs(String name, Value input, CallArguments arguments) {
        arguments.bind(name, List.of());
        if (name.equals("items") && input instanceof Value.Undefined) {
            return new Generator(List.of());
        }
        Value.Mapping mapping = new Value.Mapping(Filters.entries(input));
        List<Value> pairs = Methods.pairs(mapping);
        if (name.equals("items")) {
            return new Generator(pairs);
        }
        List<Value> sorted = new ArrayList<>(pairs);
        sorted.sort((a, b) -> compareWithoutCase(key(a), key(b)));
        return Value.Items.list(sorted);
    }

    private static Value key(Value pair) {
        return Sequences.values(pair).get(0);
    }
}
