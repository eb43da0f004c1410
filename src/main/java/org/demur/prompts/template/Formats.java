package org.demur.prompts.template;

import java.time.LocalDateTime;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code %} and {@code format} on strings, and {@code strftime} in the C locale. */
final class Formats {
    private static final Pattern REPLACEMENT = Pattern.compile("\\{\\{|}}|\\{([^{}]*)}|[{}]");
    private static final List<String> MONTHS = List.of(
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December");
    private static final List<String> DAYS =
            List.of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday");

    private Formats() {}

    /** {@code pattern % operand}, with {@code %s}, {@code %d} and {@code %%}. */
    static String percent(Printer printer, String pattern, Value operand) {
        List<Value> operands = operand instanceof Value.Items items && items.shape() == Value.Shape.TUPLE
                ? items.values()
                : List.of(operand);
        StringBuilder out = new StringBuilder();
        int used = 0;
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c != '%') {
                out.append(c);
                continue;
            }
            i++;
            char kind = i < pattern.length() ? pattern.charAt(i) : ' ';
            if (kind == '%') {
                out.append('%');
            } else {
                out.append(converted(printer, kind, operands, used));
                used++;
            }
        }
        if (used != operands.size()) {
            throw new Refusal("not all arguments are used in formatting a string");
        }
        return out.toString();
    }

    private static String converted(Printer printer, char kind, List<Value> operands, int index) {
        if (index >= operands.size()) {
            throw new Refusal("not enough arguments to format a string");
        }
        Value operand = operands.get(index);
        return switch (kind) {
            case 's' -> printer.str(operand);
            case 'd' -> Long.toString(Numbers.integer(operand));
            default -> throw new Refusal("only %s, %d and %% are supported in formatting a string");
        };
    }

    /**
     * {@code pattern.format(...)} with plain fields. A field that reaches for an underscored
     * attribute is empty, because that is what the sandbox makes of it.
     */
    static String braces(Printer printer, String pattern, CallArguments arguments) {
        Matcher matcher = REPLACEMENT.matcher(pattern);
        StringBuilder out = new StringBuilder();
        int automatic = 0;
        while (matcher.find()) {
            String field = matcher.group(1);
            String replacement;
            if (field == null) {
                replacement = literalBrace(matcher.group());
            } else if (field.isEmpty()) {
                replacement = printer.str(positional(arguments, automatic));
                automatic++;
            } else {
                replacement = field(printer, field, arguments);
            }
            matcher.appendReplacement(out, Matcher.quoteReplacement(replacement));
        }
        return matcher.appendTail(out).toString();
    }

    private static String literalBrace(String braces) {
        if (braces.length() == 1) {
            throw new Refusal("a single brace in a format string");
        }
        return braces.substring(1);
    }

    private static String field(Printer printer, String field, CallArguments arguments) {
        if (field.matches("\\d{1,3}")) {
            return printer.str(positional(arguments, Integer.parseInt(field)));
        }
        if (field.matches("\\d{1,3}\\._\\w*")) {
            return "";
        }
        Value named = arguments.named().get(field);
        if (named == null) {
            throw new Refusal("this field of a format string is not supported");
        }
        return printer.str(named);
    }

    private static Value positional(CallArguments arguments, int index) {
        if (index >= arguments.positional().size()) {
            throw new Refusal("not enough arguments to format a string");
        }
        return arguments.positional().get(index);
    }

    /** A time as {@code strftime} writes it. */
    static String time(String format, LocalDateTime now) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%') {
                out.append(c);
                continue;
            }
            i++;
            boolean unpadded = i < format.length() && format.charAt(i) == '-';
            i += unpadded ? 1 : 0;
            if (i >= format.length()) {
                throw new Refusal("a time format ends in '%'");
            }
            String part = timePart(format.charAt(i), now);
            out.append(unpadded ? part.replaceFirst("^0+(?=\\d)", "") : part);
        }
        return out.toString();
    }

    private static String timePart(char directive, LocalDateTime now) {
        String month = MONTHS.get(now.getMonthValue() - 1);
        String day = DAYS.get(now.getDayOfWeek().getValue() - 1);
        return switch (directive) {
            case 'Y' -> Integer.toString(now.getYear());
            case 'y' -> padded(now.getYear() % 100, 2);
            case 'm' -> padded(now.getMonthValue(), 2);
            case 'd' -> padded(now.getDayOfMonth(), 2);
            case 'H' -> padded(now.getHour(), 2);
            case 'I' -> padded((now.getHour() + 11) % 12 + 1, 2);
            case 'M' -> padded(now.getMinute(), 2);
            case 'S' -> padded(now.getSecond(), 2);
            case 'j' -> padded(now.getDayOfYear(), 3);
            case 'p' -> now.getHour() < 12 ? "AM" : "PM";
            case 'B' -> month;
            case 'b' -> month.substring(0, 3);
            case 'A' -> day;
            case 'a' -> day.substring(0, 3);
            case '%' -> "%";
            default -> throw new Refusal("the time directive '%" + directive + "' is not supported");
        };
    }

    private static String padded(int number, int width) {
        String digits = Integer.toString(number);
        return "0".repeat(Math.max(0, width - digits.length())) + digits;
    }
}
