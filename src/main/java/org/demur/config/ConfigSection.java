package org.demur.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.demur.ExitCode;
import org.demur.JobException;

/**
 * A part of a job file, read by name. Every name that is read becomes a known one, and {@link #rejectUnknown()} refuses
 * whatever else the section holds, so a misspelt setting cannot be ignored silently. All failures name file and line.
 */
public final class ConfigSection {
    private final String path;
    private final Config config;
    private final Set<String> known;
    private final Map<String, ConfigSection> opened;

    private ConfigSection(String path, Config config, Map<String, ConfigSection> opened) {
        this.path = path;
        this.config = config;
        this.opened = opened;
        // A section that two readers open is known to both: each reads the names that concern it.
        this.known = opened.containsKey(path) ? opened.get(path).known : new TreeSet<>();
        opened.putIfAbsent(path, this);
    }

    /** The root of a resolved configuration. */
    public static ConfigSection root(Config resolved) {
        return new ConfigSection("", resolved, new LinkedHashMap<>());
    }

    /** A section from HOCON text, for tests and defaults. */
    public static ConfigSection parse(String hocon) {
        return root(ConfigFactory.parseString(hocon).resolve());
    }

    /** Text; a number or boolean in the file is accepted as its spelling. */
    public String string(String key) {
        return value(key, Config::getString);
    }

    /** Text that may be left out or null. */
    public Optional<String> optionalString(String key) {
        known.add(key);
        return config.hasPath(key) ? Optional.of(string(key)) : Optional.empty();
    }

    /** A whole number within the range of an int. */
    public int integer(String key) {
        return value(key, Config::getInt);
    }

    /** A whole number of at least 1. */
    public int positive(String key) {
        int number = integer(key);
        if (number < 1) {
            throw invalid(key, "it is " + number + " and must be at least 1", "write a larger number");
        }
        return number;
    }

    /** A whole number. */
    public long longInteger(String key) {
        return value(key, Config::getLong);
    }

    /** A number. */
    public double number(String key) {
        return value(key, Config::getDouble);
    }

    /** true or false. */
    public boolean flag(String key) {
        return value(key, Config::getBoolean);
    }

    /** A list of texts. */
    public List<String> strings(String key) {
        return List.copyOf(value(key, Config::getStringList));
    }

    /** A list of whole numbers. */
    public List<Integer> integers(String key) {
        return List.copyOf(value(key, Config::getIntList));
    }

    /** A list of numbers. */
    public List<Double> numbers(String key) {
        return List.copyOf(value(key, Config::getDoubleList));
    }

    /** A number, or a list of at least one. */
    public List<Double> numberOrNumbers(String key) {
        List<Double> numbers = value(
                key,
                (section, name) -> section.getValue(name).valueType() == ConfigValueType.LIST
                        ? section.getDoubleList(name)
                        : List.of(section.getDouble(name)));
        if (numbers.isEmpty()) {
            throw invalid(key, "the list is empty", "write a number, or a list of numbers");
        }
        return List.copyOf(numbers);
    }

    /** A text, or a list of texts. */
    public List<String> stringOrStrings(String key) {
        return List.copyOf(value(
                key,
                (section, name) -> section.getValue(name).valueType() == ConfigValueType.LIST
                        ? section.getStringList(name)
                        : List.of(section.getString(name))));
    }

    /** A nested section; an empty one when it is absent. */
    public ConfigSection section(String key) {
        known.add(key);
        Config nested = config.hasPath(key) ? value(key, Config::getConfig) : ConfigFactory.empty();
        return open(path + key + ".", nested);
    }

    /** A list of sections, each completed by the section {@code <key>-defaults} beside it. */
    public List<ConfigSection> sections(String key) {
        String defaultsKey = key + "-defaults";
        known.add(defaultsKey);
        Config defaults = config.hasPath(defaultsKey) ? value(defaultsKey, Config::getConfig) : ConfigFactory.empty();
        List<ConfigSection> sections = new ArrayList<>();
        for (Config element : value(key, Config::getConfigList)) {
            sections.add(open(path + key + "[" + sections.size() + "].", element.withFallback(defaults)));
        }
        return sections;
    }

    /**
     * A list of sections of several kinds, each completed by the section {@code <key>-defaults.<kind>} beside it.
     *
     * @param kindKey the setting that names the kind; one without defaults is left to whoever reads it
     */
    public List<ConfigSection> sectionsByKind(String key, String kindKey) {
        String defaultsKey = key + "-defaults";
        known.add(defaultsKey);
        List<ConfigSection> sections = new ArrayList<>();
        for (Config element : value(key, Config::getConfigList)) {
            String place = path + key + "[" + sections.size() + "].";
            String defaults = defaultsKey + "."
                    + ConfigUtil.quoteString(open(place, element).string(kindKey));
            opened.remove(place);
            Config whole = config.hasPath(defaults) ? element.withFallback(config.getConfig(defaults)) : element;
            sections.add(open(place, whole));
        }
        return sections;
    }

    /** The names that are set, in alphabetical order. */
    public List<String> keys() {
        return List.copyOf(new TreeSet<>(config.root().keySet()));
    }

    /** Fails on the first name, here or in a section that was opened below, that was never read. */
    public void rejectUnknown() {
        opened.values().stream()
                .filter(section -> section.path.startsWith(path))
                .forEach(ConfigSection::rejectUnknownNames);
    }

    /** Fails on the first name of this very section that was never read, whatever sections below hold. */
    public void rejectUnknownNames() {
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(config.root()).entrySet()) {
            if (!known.contains(entry.getKey())) {
                throw unknown(entry.getKey(), entry.getValue());
            }
        }
    }

    /** The whole section as canonical JSON; equal settings in another order or spelling give equal text. */
    public String canonicalJson() {
        return CanonicalJson.of(config.root().unwrapped());
    }

    /** A failure that points at the place where {@code key} is set, for checks beyond the type. */
    public JobException invalid(String key, String why, String todo) {
        return failure("Setting " + path + key + where(key) + " is not valid", why, todo);
    }

    private ConfigSection open(String nestedPath, Config nested) {
        return new ConfigSection(nestedPath, nested, opened);
    }

    private <T> T value(String key, BiFunction<Config, String, T> reader) {
        known.add(key);
        try {
            return reader.apply(config, key);
        } catch (ConfigException.Missing e) {
            throw failure("Setting " + path + key + " is missing", "it has no default", "add it to the job file");
        } catch (ConfigException.WrongType | ConfigException.BadValue e) {
            throw failure(
                    "Setting " + path + key + where(key) + " has the wrong type",
                    "it holds " + shown(key),
                    "give it the type that reference.conf shows");
        }
    }

    private JobException unknown(String key, ConfigValue value) {
        String place = " (" + value.origin().description() + ")";
        String todo = Spelling.nearest(key, known)
                .map(near -> "did you mean " + path + near + "?")
                .orElse("known here are " + String.join(", ", known));
        return failure("Unknown setting " + path + key + place, "no part of Demur reads it", todo);
    }

    private String where(String key) {
        return config.hasPath(key) ? " (" + config.getValue(key).origin().description() + ")" : "";
    }

    private String shown(String key) {
        return config.hasPath(key)
                ? "a " + config.getValue(key).valueType().name().toLowerCase(Locale.ROOT)
                : "null";
    }

    private static JobException failure(String what, String why, String todo) {
        return new JobException(ExitCode.USAGE, what, why, todo);
    }
}
