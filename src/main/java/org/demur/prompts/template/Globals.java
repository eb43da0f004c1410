package org.demur.prompts.template;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** The functions every template can call. */
final class Globals {
    private final Printer printer;
    private final RenderOptions options;

    Globals(Printer printer, RenderOptions options) {
        this.printer = printer;
        this.options = options;
    }

    Map<String, Value> functions() {
        Map<String, Value> functions = new LinkedHashMap<>();
        define(functions, "range", Globals::range);
        define(functions, "namespace", Globals::namespace);
        define(functions, "dict", Globals::dictionary);
        define(functions, "raise_exception", this::raise);
        define(functions, "strftime_now", this::time);
        return functions;
    }

    private static void define(Map<String, Value> functions, String name, Value.Function.Body body) {
        functions.put(name, new Value.Function(name, body));
    }

    private static Value range(CallArguments arguments) {
        CallArguments.Bound bound = Parameters.positionalOnly("range", arguments, "first", "second", "step");
        bound.required("first");
        boolean single = bound.optional("second").isEmpty();
        long start = single ? 0 : bound.number("first", 0);
        long stop = single ? bound.number("first", 0) : bound.number("second", 0);
        long step = bound.number("step", 1);
        if (step == 0) {
            throw new Refusal("a range with step 0");
        }
        return Value.Items.view(range(start, stop, step));
    }

    private static List<Value> range(long start, long stop, long step) {
        double span = ((double) stop - start) / step;
        long count = (long) Math.max(0, Math.ceil(span));
        if (count > Budget.MAX_LOOP_STEPS) {
            throw new Refusal("a range of more than " + Budget.MAX_LOOP_STEPS + " items");
        }
        return LongStream.range(0, count)
                .<Value>mapToObj(i -> new Value.Int(start + i * step))
                .toList();
    }

    private static void refusePositional(String callee, CallArguments arguments) {
        if (!arguments.positional().isEmpty()) {
            throw new Refusal(callee + " with positional arguments is not supported");
        }
    }

    private static Value namespace(CallArguments arguments) {
        refusePositional("namespace", arguments);
        return new Namespace(arguments.named());
    }

    private static Value dictionary(CallArguments arguments) {
        refusePositional("dict", arguments);
        Map<Value, Value> entries = new LinkedHashMap<>();
        arguments.named().forEach((name, value) -> entries.put(Sequences.text(name), value));
        return new Value.Mapping(entries);
    }

    private Value raise(CallArguments arguments) {
        Value message = arguments.bind("raise_exception", List.of("message")).required("message");
        throw new Refusal(Refusal.Origin.TEMPLATE, printer.str(message));
    }

    private Value time(CallArguments arguments) {
        String format = arguments.bind("strftime_now", List.of("format")).text("format");
        return Sequences.text(Formats.time(format, options.now()));
    }
}
