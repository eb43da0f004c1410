package org.demur.intervention;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.cells.Action;
import org.demur.cells.Cell;
import org.demur.cells.FeatureChoice;
import org.demur.cells.FeatureSets;
import org.demur.cells.Intervention;
import org.demur.cells.Method;
import org.demur.cells.RankedFeature;

/** Spells the grid out into cells, each once, in the order of rules and sets. */
final class SweepGrid {
    private static final Knobs ANY = Knobs.listed(List.of(1), List.of(0.0));

    private final FeatureSets featureSets;
    private final TunedChoices choices;
    private final Set<Cell> cells = new LinkedHashSet<>();

    private SweepGrid(FeatureSets featureSets, TunedChoices choices) {
        this.featureSets = featureSets;
        this.choices = choices;
    }

    /**
     * The cells of these rules.
     *
     * @param labelsBySet labels that occur in each prompt set, sets in order
     */
    static List<Cell> cells(
            List<GridRule> rules, Map<String, Set<String>> labelsBySet, FeatureSets featureSets, TunedChoices choices) {
        SweepGrid grid = new SweepGrid(featureSets, choices);
        for (GridRule rule : rules) {
            requireKnown(rule.targets().sets(), labelsBySet.keySet());
            labelsBySet.forEach((set, labels) -> {
                boolean isNamed =
                        rule.targets().sets().isEmpty() || rule.targets().sets().contains(set);
                if (isNamed && rule.targets().labels().stream().anyMatch(labels::contains)) {
                    grid.add(rule, set, labels);
                }
            });
        }
        return List.copyOf(grid.cells);
    }

    private static void requireKnown(List<String> named, Set<String> known) {
        for (String set : named) {
            if (!known.contains(set)) {
                throw new JobException(
                        ExitCode.USAGE,
                        "The grid names the prompt set '" + set + "'",
                        "The sets that take part are " + String.join(", ", known) + ".",
                        "Name one of these, or give that set the use 'test' for a sweep, 'tune' for tuning.");
            }
        }
    }

    private void add(GridRule rule, String set, Set<String> labels) {
        if (!rule.awaitsChoice()) {
            cells.addAll(spelled(rule, set));
            return;
        }
        for (String featureSet : rule.method().editsFeatures() ? expanded(rule.featureSets()) : List.of("")) {
            // Any size and coefficient do to learn what the choice must be for.
            for (Cell probe : spelled(rule.with(featureSet, ANY), set)) {
                TunedChoices.Choice choice = choices.of(TuningTarget.of(probe), labels);
                spelled(rule.with(featureSet, rule.knobs().with(choice)), set).stream()
                        .filter(cell -> TuningTarget.of(cell).equals(TuningTarget.of(probe)))
                        .forEach(cells::add);
            }
        }
    }

    /** Every combination of a rule's lists, and of what is done besides. */
    private List<Cell> spelled(GridRule rule, String set) {
        List<List<Action>> combinations = new ArrayList<>();
        actions(rule).forEach(action -> combinations.add(List.of(action)));
        for (GridRule besides : rule.also()) {
            List<List<Action>> longer = new ArrayList<>();
            for (List<Action> combination : combinations) {
                for (Action action : actions(besides)) {
                    List<Action> both = new ArrayList<>(combination);
                    both.add(action);
                    longer.add(both);
                }
            }
            combinations.clear();
            combinations.addAll(longer);
        }
        return combinations.stream()
                .map(actions -> Cell.of(set, new Intervention(doing(actions))))
                .toList();
    }

    /** Doing nothing and something else besides is doing the latter. */
    private static List<Action> doing(List<Action> actions) {
        List<Action> doing = actions.stream()
                .filter(action -> action.method() != Method.NONE)
                .toList();
        return doing.isEmpty() ? actions.subList(0, 1) : doing;
    }

    /** Every combination of a rule's own lists. */
    private List<Action> actions(GridRule rule) {
        Method method = rule.method();
        List<Action> actions = new ArrayList<>();
        for (double coefficient : method.takesCoefficient() ? rule.knobs().coefficients() : List.of(0.0)) {
            if (!method.editsFeatures()) {
                actions.add(action(rule, FeatureChoice.NONE, coefficient));
                continue;
            }
            for (String setId : expanded(rule.featureSets())) {
                for (int size : rule.knobs().sizes()) {
                    FeatureChoice choice = new FeatureChoice(
                            setId, available(setId, size), rule.modifiers().form());
                    actions.add(action(rule, choice, coefficient));
                }
            }
        }
        return actions;
    }

    private static Action action(GridRule rule, FeatureChoice choice, double coefficient) {
        GridRule.Modifiers modifiers = rule.modifiers();
        return new Action(
                rule.method(), choice, coefficient, modifiers.scope(), modifiers.trigger(), modifiers.reference());
    }

    private List<String> expanded(List<String> names) {
        List<String> ids = new ArrayList<>();
        for (String name : names) {
            List<String> found = name.equals("random") ? featureSets.idsStartingWith("random_") : List.of(name);
            if (found.isEmpty()) {
                throw unknown(name);
            }
            ids.addAll(found);
        }
        return ids;
    }

    /** A set may hold fewer features than asked for; sets per prompt differ in size, so the wish is kept. */
    private int available(String setId, int size) {
        if (featureSets.byPrompt().containsKey(setId)) {
            return size;
        }
        List<RankedFeature> members = featureSets.everywhere().get(setId);
        if (members == null) {
            throw unknown(setId);
        }
        return Math.min(size, members.size());
    }

    private JobException unknown(String name) {
        return new JobException(
                ExitCode.USAGE,
                "No feature set '" + name + "'",
                "The grid names it, and the attribution published only "
                        + String.join(", ", featureSets.idsStartingWith("")) + ".",
                "Name one of these, or raise attribute.random-sets if random sets are wanted.");
    }
}
