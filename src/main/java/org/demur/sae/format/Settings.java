package org.demur.sae.format;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.demur.JobException;
import org.demur.model.StrictJson;

/** An object of a JSON file; what is missing or of another type is refused with the file and the key named. */
final class Settings {
    private final Path file;
    private final String prefix;
    private final JsonNode node;

    private Settings(Path file, String prefix, JsonNode node) {
        this.file = file;
        this.prefix = prefix;
        this.node = node;
    }

    /** Reads a file that must be one JSON object without repeated keys. */
    static Settings read(Path file) {
        return new Settings(file, "", StrictJson.object(file));
    }

    Path file() {
        return file;
    }

    /** Whether the key is there and not null. */
    boolean has(String key) {
        return node.hasNonNull(key);
    }

    /** The object under a key; an empty one if there is none. */
    Settings section(String key) {
        if (has(key) && !node.get(key).isObject()) {
            throw invalid(key, "an object is needed");
        }
        return new Settings(file, prefix + key + ".", node.path(key));
    }

    /** A whole number of at least 1. */
    int positive(String key) {
        int value = whole(key);
        if (value < 1) {
            throw invalid(key, "a whole number of at least 1 is needed");
        }
        return value;
    }

    /** A whole number of at least 0. */
    int whole(String key) {
        JsonNode value = node.path(key);
        if (!value.isInt() || value.asInt() < 0) {
            throw invalid(key, "a whole number of at least 0 is needed");
        }
        return value.asInt();
    }

    /** A number of features a row, of {@code features} in all. */
    int active(String key, int features) {
        int value = positive(key);
        if (value > features) {
            throw invalid(key, "at most the " + features + " features of the dictionary can be active");
        }
        return value;
    }

    int whole(String key, int otherwise) {
        return has(key) ? whole(key) : otherwise;
    }

    /** A finite number. */
    double number(String key) {
        JsonNode value = node.path(key);
        if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
            throw invalid(key, "a number is needed");
        }
        return value.asDouble();
    }

    boolean flag(String key, boolean otherwise) {
        if (!has(key)) {
            return otherwise;
        }
        if (!node.get(key).isBoolean()) {
            throw invalid(key, "true or false is needed");
        }
        return node.get(key).asBoolean();
    }

    String text(String key) {
        if (!node.path(key).isTextual()) {
            throw invalid(key, "a text is needed");
        }
        return node.get(key).asText();
    }

    String text(String key, String otherwise) {
        return has(key) ? text(key) : otherwise;
    }

    boolean isFlag(String key) {
        return node.path(key).isBoolean();
    }

    /** The entries with a plain value, as texts. */
    Map<String, String> plain() {
        Map<String, String> entries = new TreeMap<>();
        node.properties().forEach(entry -> {
            if (entry.getValue().isValueNode() && !entry.getValue().isNull()) {
                entries.put(entry.getKey(), entry.getValue().asText());
            }
        });
        return entries;
    }

    /** A refusal of the value under a key. */
    JobException invalid(String key, String needed) {
        String value = node.has(key) ? "is " + abbreviated(node.get(key).toString()) : "is missing";
        return FormatRefusal.broken(file, prefix + key + " " + value + "; " + needed);
    }

    /** A refusal of something that is not implemented. */
    JobException unsupported(String key) {
        return FormatRefusal.unsupported(
                file, prefix + key + " is " + abbreviated(node.path(key).toString()) + ", which is not supported");
    }

    private static String abbreviated(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }
}
