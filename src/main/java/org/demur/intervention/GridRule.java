package org.demur.intervention;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.demur.cells.FeatureChoice;
import org.demur.cells.Method;
import org.demur.cells.Reference;
import org.demur.cells.Scope;
import org.demur.cells.Trigger;
import org.demur.config.ConfigSection;
import org.demur.prompts.TokenClass;

/**
 * One entry of a grid; stands for every combination of its lists.
 *
 * @param method what is done
 * @param targets prompt sets that take part
 * @param featureSets feature sets by name; {@code random} stands for every random set
 * @param knobs how many features of a set, and how strongly
 * @param modifiers where and when it holds
 * @param also what is done besides, in this order
 */
public record GridRule(
        Method method,
        Targets targets,
        List<String> featureSets,
        Knobs knobs,
        Modifiers modifiers,
        List<GridRule> also) {

    /**
     * Prompt sets.
     *
     * @param labels sets with any of these labels
     * @param sets of them only these; all where empty
     */
    public record Targets(List<String> labels, List<String> sets) {}

    /**
     * Where and when an entry holds.
     *
     * @param scope tokens and layers
     * @param trigger what it waits for
     * @param reference prompts that it borrows values from
     * @param form how features fire, see {@link FeatureChoice#form()}
     */
    public record Modifiers(Scope scope, Trigger trigger, Reference reference, String form) {
        /** At every token and layer. */
        static final Modifiers NONE =
                new Modifiers(Scope.EVERYWHERE, Trigger.ALWAYS, Reference.NONE, FeatureChoice.THRESHOLD);
    }

    /** An entry without modifiers. */
    GridRule(
            Method method,
            List<String> labels,
            List<String> featureSets,
            List<Integer> sizes,
            List<Double> coefficients) {
        this(
                method,
                new Targets(labels, List.of()),
                featureSets,
                Knobs.listed(sizes, coefficients),
                Modifiers.NONE,
                List.of());
    }

    /** The untouched model on sets with any of these labels. */
    public static GridRule untouched(List<String> labels) {
        return new GridRule(Method.NONE, labels, List.of(), List.of(), List.of());
    }

    /** Whether its cells are known only after tuning. */
    public boolean awaitsChoice() {
        return knobs.awaitsChoice(method);
    }

    /** The same for one feature set with these knobs. */
    GridRule with(String featureSet, Knobs turned) {
        return new GridRule(method, targets, List.of(featureSet), turned, modifiers, also);
    }

    /** Reads an entry of a grid. */
    public static GridRule from(ConfigSection section) {
        List<GridRule> also = new ArrayList<>(
                section.sections("also").stream().map(GridRule::part).toList());
        retained(section).ifPresent(also::add);
        Targets targets = new Targets(section.strings("labels"), section.strings("sets"));
        return part(section, targets, also);
    }

    private static GridRule part(ConfigSection section) {
        GridRule part = part(section, new Targets(List.of(), List.of()), List.of());
        if (part.awaitsChoice()) {
            throw section.invalid(
                    "sizes", "only an entry itself can be tuned, not what is done besides", "write numbers");
        }
        return part;
    }

    private static GridRule part(ConfigSection section, Targets targets, List<GridRule> also) {
        return new GridRule(
                Method.of(section.string("method")),
                targets,
                section.strings("feature-sets"),
                Knobs.from(section),
                modifiers(section),
                List.copyOf(also));
    }

    private static Modifiers modifiers(ConfigSection section) {
        Method method = Method.of(section.string("method"));
        String key = method == Method.FEATURE_RESTORE ? "restore-from" : "reference";
        String set = section.string(key);
        // Both are read, so that neither counts as unknown.
        section.string("reference");
        section.string("restore-from");
        if (method.takesReference() && set.isEmpty()) {
            throw section.invalid(key, method.sqlName() + " needs a prompt set", "name the set to take values from");
        }
        String by = section.string("restore-by");
        Reference reference = method.takesReference()
                ? new Reference(set, method == Method.FEATURE_RESTORE ? by : "")
                : Reference.NONE;
        return new Modifiers(
                scope(section),
                trigger(section.section("condition")),
                reference,
                oneOf(section, "form", List.of(FeatureChoice.THRESHOLD, FeatureChoice.EXACT)));
    }

    private static Scope scope(ConfigSection section) {
        List<String> classes =
                List.of(TokenClass.values()).stream().map(TokenClass::label).toList();
        List<String> positions = section.strings("positions");
        for (String position : positions) {
            if (!classes.contains(position)) {
                throw section.invalid(
                        "positions",
                        "'" + position + "' is no token class",
                        "write some of " + String.join(", ", classes));
            }
        }
        return new Scope(positions, phases(section, "phases"), section.integers("layers"));
    }

    private static List<String> phases(ConfigSection section, String key) {
        List<String> phases = section.strings(key);
        if (phases.isEmpty() || !List.of(Scope.PROMPT, Scope.DECODE).containsAll(phases)) {
            throw section.invalid(key, "it is " + phases, "write prompt, decode or both");
        }
        return phases.stream().distinct().sorted((a, b) -> b.compareTo(a)).toList();
    }

    private static Trigger trigger(ConfigSection condition) {
        if (condition.keys().isEmpty()) {
            return Trigger.ALWAYS;
        }
        int layer = Integer.parseInt(condition.optionalString("layer").orElse("-1"));
        if (oneOf(condition, "of", List.of("direction", "feature")).equals("direction")) {
            return Trigger.direction(layer, condition.number("above"));
        }
        return Trigger.feature(condition.integer("layer"), condition.integer("feature"), condition.number("above"));
    }

    private static String oneOf(ConfigSection section, String key, List<String> known) {
        String text = section.string(key);
        if (!known.contains(text)) {
            throw section.invalid(key, "it is '" + text + "'", "write one of " + String.join(", ", known));
        }
        return text;
    }

    /** A second feature set that keeps its unedited values. */
    private static Optional<GridRule> retained(ConfigSection section) {
        String set = section.string("retain");
        int size = section.positive("retain-size");
        List<String> phases = phases(section, "retain-phases");
        Modifiers modifiers =
                new Modifiers(Scope.phases(phases), Trigger.ALWAYS, Reference.NONE, section.string("form"));
        return set.isEmpty()
                ? Optional.empty()
                : Optional.of(new GridRule(
                        Method.FEATURE_RETAIN,
                        new Targets(List.of(), List.of()),
                        List.of(set),
                        Knobs.listed(List.of(size), List.of(0.0)),
                        modifiers,
                        List.of()));
    }
}
