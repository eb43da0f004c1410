package org.demur.prompts.template;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The filters a template may use. */
final class Filters {
    private static final Set<String> TEXT_NAMES = Set.of(
            "trim",
            "upper",
            "lower",
            "title",
            "capitalize",
            "replace",
            "indent",
            "string",
            "tojson",
            "default",
            "d",
            "int",
            "float",
            "abs");

    /** Every supported filter. */
    static final Set<String> NAMES = union(TEXT_NAMES, SequenceFilters.NAMES);

    private static final Pattern WORD_START = Pattern.compile("(?:[-({\\[<]|" + PythonText.SPACE_CLASS + ")+");

    private final Budget budget;
    private final Printer printer;
    private final Methods methods;
    private final SequenceFilters sequences;

    Filters(Budget budget, Printer printer, Operators operators) {
        this.budget = budget;
        this.printer = printer;
        this.methods = new Methods(budget, printer, operators);
        Tests tests = new Tests(operators, printer);
        this.sequences = new SequenceFilters(budget, printer, operators, tests, this);
    }

    private static Set<String> union(Set<String> left, Set<String> right) {
        Set<String> names = new TreeSet<>(left);
        names.addAll(right);
        return Set.copyOf(names);
    }

    Methods methods() {
        return methods;
    }

    Value apply(String name, Value input, CallArguments arguments) {
        if (!NAMES.contains(name)) {
            throw new Refusal("the filter '" + name + "' is not supported");
        }
        return TEXT_NAMES.contains(name) ? onText(name, input, arguments) : sequences.apply(name, input, arguments);
    }

    private Value onText(String name, Value input, CallArguments arguments) {
        return switch (name) {
            case "trim" -> trim(input, arguments);
            case "replace" -> replace(input, arguments);
            case "indent" -> indent(input, arguments);
            case "tojson" -> json(input, arguments);
            case "default", "d" -> otherwise(input, arguments);
            case "int" -> toInteger(input, arguments);
            case "float" -> toReal(input, arguments);
            case "abs" -> absolute(input, arguments);
            default -> {
                arguments.bind(name, List.of());
                yield Sequences.text(cased(name, printer.str(input)));
            }
        };
    }

    private static Value absolute(Value input, CallArguments arguments) {
        arguments.bind("abs", List.of());
        if (input instanceof Value.Real real) {
            return new Value.Real(Math.abs(real.number()));
        }
        long number = Numbers.integer(input);
        return number < 0 ? Numbers.negated(input) : new Value.Int(number);
    }

    private static String cased(String name, String text) {
        return switch (name) {
            case "upper" -> PythonText.upper(text);
            case "lower" -> PythonText.lower(text);
            case "title" -> titled(text);
            case "capitalize" -> PythonText.capitalize(text);
            default -> text;
        };
    }

    /** Jinja's own title case, which knows other word boundaries than {@code str.title}. */
    private static String titled(String text) {
        Matcher boundary = WORD_START.matcher(text);
        StringBuilder out = new StringBuilder();
        int from = 0;
        while (boundary.find()) {
            out.append(word(text.substring(from, boundary.start()))).append(boundary.group());
            from = boundary.end();
        }
        return out.append(word(text.substring(from))).toString();
    }

    private static String word(String word) {
        int first = word.isEmpty() ? 0 : word.offsetByCodePoints(0, 1);
        return PythonText.upper(word.substring(0, first)) + PythonText.lower(word.substring(first));
    }

    private Value trim(Value input, CallArguments arguments) {
        CallArguments.Bound bound = arguments.bind("trim", List.of("chars"));
        String text = printer.str(input);
        if (bound.optional("chars").filter(value -> value != Value.None.NONE).isEmpty()) {
            return Sequences.text(PythonText.strip(text));
        }
        var removed = PythonText.anyOf(bound.text("chars"));
        return Sequences.text(PythonText.stripEnd(PythonText.stripStart(text, removed), removed));
    }

    private Value replace(Value input, CallArguments arguments) {
        CallArguments.Bound bound = arguments.bind("replace", List.of("old", "new", "count"));
        return methods.replaced(
                printer.str(input),
                printer.str(bound.required("old")),
                printer.str(bound.required("new")),
                bound.number("count", -1));
    }

    private Value indent(Value input, CallArguments arguments) {
        CallArguments.Bound bound = arguments.bind("indent", List.of("width", "first", "blank"));
        if (!(input instanceof Value.Text text)) {
            throw new Refusal("indent needs a string, got a " + input.typeName());
        }
        String margin = margin(bound);
        List<String> lines = PythonText.lines(text.text() + "\n");
        budget.admitText((long) lines.size() * margin.length());
        StringBuilder out = new StringBuilder(bound.flag("first") ? margin : "");
        for (int i = 0; i < lines.size(); i++) {
            boolean indented = i > 0 && (bound.flag("blank") || !lines.get(i).isEmpty());
            out.append(i > 0 ? "\n" : "").append(indented ? margin : "").append(lines.get(i));
        }
        return Sequences.text(budget.admitted(out.toString()));
    }

    private String margin(CallArguments.Bound bound) {
        if (bound.optional("width").orElse(new Value.Int(4)) instanceof Value.Text text) {
            return text.text();
        }
        long width = Math.max(0, bound.number("width", 4));
        budget.admitText(width);
        return " ".repeat((int) width);
    }

    private Value json(Value input, CallArguments arguments) {
        CallArguments.Bound bound =
                arguments.bind("tojson", List.of("ensure_ascii", "indent", "separators", "sort_keys"));
        Value indent = bound.optional("indent").orElse(Value.None.NONE);
        boolean lines = indent != Value.None.NONE;
        List<Value> separators = Sequences.values(bound.optional("separators").orElse(Value.Items.tuple()));
        if (separators.size() != 2 && !separators.isEmpty()) {
            throw new Refusal("tojson needs a pair of separators");
        }
        String item = separators.isEmpty() ? (lines ? "," : ", ") : printer.str(separators.get(0));
        String key = separators.isEmpty() ? ": " : printer.str(separators.get(1));
        Json.Layout layout = new Json.Layout(
                item,
                key,
                indentation(indent),
                lines ? Json.Lines.MANY : Json.Lines.ONE,
                bound.flag("sort_keys") ? Json.Keys.SORTED : Json.Keys.AS_GIVEN,
                bound.flag("ensure_ascii") ? Json.Characters.ASCII : Json.Characters.ALL);
        return Sequences.text(Json.write(budget, layout, input));
    }

    private String indentation(Value indent) {
        if (indent == Value.None.NONE) {
            return "";
        }
        if (indent instanceof Value.Text text) {
            return text.text();
        }
        long width = Math.max(0, Numbers.integer(indent));
        budget.admitText(width);
        return " ".repeat((int) width);
    }

    private static Value otherwise(Value input, CallArguments arguments) {
        CallArguments.Bound bound = arguments.bind("default", List.of("default_value", "boolean"));
        boolean replaced = input instanceof Value.Undefined || (bound.flag("boolean") && !input.truth());
        return replaced ? bound.optional("default_value").orElse(Sequences.text("")) : input;
    }

    private static Value toInteger(Value input, CallArguments arguments) {
        CallArguments.Bound bound = arguments.bind("int", List.of("default"));
        if (Numbers.isInteger(input)) {
            return new Value.Int(Numbers.integer(input));
        }
        if (input instanceof Value.Text text && PythonText.strip(text.text()).matches("[+-]?[0-9]{1,18}")) {
            return new Value.Int(Long.parseLong(PythonText.strip(text.text())));
        }
        if (input instanceof Value.Real real && Math.abs(real.number()) < 1e15) {
            return new Value.Int((long) real.number());
        }
        throw new Refusal("int of this %s is not supported%s"
                .formatted(input.typeName(), bound.values().isEmpty() ? "" : " (nor its default)"));
    }

    private static Value toReal(Value input, CallArguments arguments) {
        arguments.bind("float", List.of());
        if (Numbers.isNumber(input)) {
            return new Value.Real(Numbers.real(input));
        }
        if (input instanceof Value.Text text && PythonText.strip(text.text()).matches("[+-]?[0-9]+(\\.[0-9]+)?")) {
            return new Value.Real(Double.parseDouble(PythonText.strip(text.text())));
        }
        throw new Refusal("float of this " + input.typeName() + " is not supported");
    }

    /** The pairs of a dictionary, for the filter {@code items}. */
    static Map<Value, Value> entries(Value input) {
        if (input instanceof Value.Mapping mapping) {
            return mapping.entries();
        }
        throw new Refusal("needs a dict, got a " + input.typeName());
    }
}
