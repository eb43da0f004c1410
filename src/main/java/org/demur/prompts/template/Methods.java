package org.demur.prompts.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/** The methods of strings, dictionaries and lists that a template may call. */
final class Methods {
    private final Budget budget;
    private final Printer printer;
    private final Operators operators;

    Methods(Budget budget, Printer printer, Operators operators) {
        this.budget = budget;
        this.printer = printer;
        this.operators = operators;
    }

    Value call(Value owner, String name, CallArguments arguments) {
        if (owner instanceof Value.Text text) {
            return onText(text.text(), name, arguments);
        }
        if (owner instanceof Value.Mapping mapping) {
            return onMapping(mapping, name, arguments);
        }
        if (owner instanceof Value.Items items && items.shape() != Value.Shape.VIEW) {
            return onItems(items.values(), name, arguments);
        }
        throw unknown(owner, name);
    }

    private static Refusal unknown(Value owner, String name) {
        return new Refusal("the method '%s' of a %s is not supported".formatted(name, owner.typeName()));
    }

    private Value onText(String text, String name, CallArguments arguments) {
        return switch (name) {
            case "strip", "lstrip", "rstrip" -> Sequences.text(stripped(text, name, arguments));
            case "split", "rsplit" -> split(text, name, arguments);
            case "splitlines" -> {
                arguments.bind(name, List.of());
                yield Value.Items.list(Sequences.texts(PythonText.lines(text)));
            }
            case "startswith", "endswith" -> Value.Bool.of(hasAffix(text, name, arguments));
            case "replace" -> replace(text, arguments);
            case "join" -> join(text, arguments);
            case "find", "index", "count" -> search(text, name, arguments);
            case "format" -> Sequences.text(budget.admitted(Formats.braces(printer, text, arguments)));
            case "removeprefix", "removesuffix" -> removeAffix(text, name, arguments);
            case "upper", "lower", "title", "capitalize" -> {
                arguments.bind(name, List.of());
                yield Sequences.text(cased(text, name));
            }
            case "isdigit", "isalpha", "isspace", "isupper", "islower" -> {
                arguments.bind(name, List.of());
                yield Value.Bool.of(Characters.all(text, name));
            }
            default -> throw unknown(new Value.Text(text), name);
        };
    }

    private static String cased(String text, String name) {
        return switch (name) {
            case "upper" -> PythonText.upper(text);
            case "lower" -> PythonText.lower(text);
            case "title" -> PythonText.title(text);
            default -> PythonText.capitalize(text);
        };
    }

    private static String stripped(String text, String name, CallArguments arguments) {
        CallArguments.Bound bound = Parameters.positionalOnly(name, arguments, "characters");
        boolean given =
                bound.optional("characters").filter(v -> v != Value.None.NONE).isPresent();
        IntPredicate removed = given ? PythonText.anyOf(bound.text("characters")) : PythonText::isSpace;
        String start = name.equals("rstrip") ? text : PythonText.stripStart(text, removed);
        return name.equals("lstrip") ? start : PythonText.stripEnd(start, removed);
    }

    private static Value split(String text, String name, CallArguments arguments) {
        CallArguments.Bound bound = arguments.bind(name, List.of("sep", "maxsplit"));
        long cuts = bound.number("maxsplit", -1);
        boolean given = bound.optional("sep").filter(v -> v != Value.None.NONE).isPresent();
        if (!given) {
            if (name.equals("rsplit") && cuts >= 0) {
                throw new Refusal("rsplit on whitespace with a maximum is not supported");
            }
            return Value.Items.list(Sequences.texts(PythonText.splitOnSpace(text, cuts)));
        }
        String separator = nonEmpty(bound.text("sep"));
        return Value.Items.list(Sequences.texts(
                name.equals("split")
                        ? PythonText.split(text, separator, cuts)
                        : PythonText.splitFromEnd(text, separator, cuts)));
    }

    private static String nonEmpty(String text) {
        if (text.isEmpty()) {
            throw new Refusal("an empty string to look for is not supported");
        }
        return text;
    }

    private static boolean hasAffix(String text, String name, CallArguments arguments) {
        Value affixes = Parameters.positionalOnly(name, arguments, "affix").required("affix");
        if (affixes instanceof Value.Items items && items.shape() == Value.Shape.TUPLE) {
            return items.values().stream().anyMatch(affix -> hasAffix(text, name, affix));
        }
        return hasAffix(text, name, affixes);
    }

    private static boolean hasAffix(String text, String name, Value affix) {
        if (affix instanceof Value.Text part) {
            return name.equals("startswith") ? text.startsWith(part.text()) : text.endsWith(part.text());
        }
        throw new Refusal(name + " needs a string or a tuple of strings");
    }

    private Value replace(String text, CallArguments arguments) {
        CallArguments.Bound bound = arguments.bind("replace", List.of("old", "new", "count"));
        return replaced(text, bound.text("old"), bound.text("new"), bound.number("count", -1));
    }

    Value replaced(String text, String old, String replacement, long count) {
        List<String> parts = PythonText.split(text, nonEmpty(old), count);
        budget.admitText(text.length() + (long) parts.size() * replacement.length());
        return Sequences.text(String.join(replacement, parts));
    }

    private Value join(String separator, CallArguments arguments) {
        Value row = Parameters.positionalOnly("join", arguments, "iterable").required("iterable");
        List<String> parts = new ArrayList<>();
        for (Value value : Sequences.values(row)) {
            if (!(value instanceof Value.Text part)) {
                throw new Refusal("join needs strings, found a " + value.typeName());
            }
            parts.add(part.text());
        }
        return joined(separator, parts);
    }

    Value joined(String separator, List<String> parts) {
        long length_chars = (long) separator.length() * parts.size();
        for (String part : parts) {
            length_chars += part.length();
        }
        budget.admitText(length_chars);
        return Sequences.text(String.join(separator, parts));
    }

    private static Value search(String text, String name, CallArguments arguments) {
        String part = nonEmpty(Parameters.positionalOnly(name, arguments, "sub").text("sub"));
        int at = text.indexOf(part);
        if (name.equals("count")) {
            return new Value.Int(PythonText.split(text, part, -1).size() - 1L);
        }
        if (at < 0 && name.equals("index")) {
            throw new Refusal("index does not find the substring");
        }
        return new Value.Int(at < 0 ? -1 : text.codePointCount(0, at));
    }

    private static Value removeAffix(String text, String name, CallArguments arguments) {
        String affix = Parameters.positionalOnly(name, arguments, "affix").text("affix");
        if (name.equals("removeprefix")) {
            return Sequences.text(text.startsWith(affix) ? text.substring(affix.length()) : text);
        }
        boolean ends = text.endsWith(affix);
        return Sequences.text(ends ? text.substring(0, text.length() - affix.length()) : text);
    }

    private static Value onMapping(Value.Mapping mapping, String name, CallArguments arguments) {
        Map<Value, Value> entries = mapping.entries();
        switch (name) {
            case "get" -> {
                CallArguments.Bound bound = Parameters.positionalOnly(name, arguments, "key", "default");
                Value found = entries.get(Sequences.key(bound.required("key")));
                return found == null ? bound.optional("default").orElse(Value.None.NONE) : found;
            }
            case "keys", "values", "items" -> arguments.bind(name, List.of());
            default -> throw unknown(mapping, name);
        }
        return switch (name) {
            case "keys" -> Value.Items.view(List.copyOf(entries.keySet()));
            case "values" -> Value.Items.view(List.copyOf(entries.values()));
            default -> Value.Items.view(pairs(mapping));
        };
    }

    static List<Value> pairs(Value.Mapping mapping) {
        List<Value> pairs = new ArrayList<>();
        mapping.entries().forEach((key, value) -> pairs.add(Value.Items.tuple(key, value)));
        return pairs;
    }

    private Value onItems(List<Value> values, String name, CallArguments arguments) {
        if (!name.equals("count") && !name.equals("index")) {
            throw unknown(Value.Items.list(values), name);
        }
        Value sought = Parameters.positionalOnly(name, arguments, "value").required("value");
        long count =
                values.stream().filter(value -> operators.equal(value, sought)).count();
        if (name.equals("count")) {
            return new Value.Int(count);
        }
        for (int i = 0; i < values.size(); i++) {
            if (operators.equal(values.get(i), sought)) {
                return new Value.Int(i);
            }
        }
        throw new Refusal("index does not find the value");
    }
}
