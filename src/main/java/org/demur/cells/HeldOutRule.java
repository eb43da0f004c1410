package org.demur.cells;

import java.util.List;
import org.demur.config.ConfigSection;

/**
 * Which prompts a stage may not evaluate.
 *
 * @param selectionSets sets whose prompts served to choose what is evaluated
 * @param allowSelectionPrompts evaluate them nevertheless, and mark their rows
 */
public record HeldOutRule(List<String> selectionSets, boolean allowSelectionPrompts) {
    /** Copies the list. */
    public HeldOutRule {
        selectionSets = List.copyOf(selectionSets);
    }

    /** The rule of a stage with the setting {@code allow-selection-prompts}. */
    public static HeldOutRule from(ConfigSection section, PromptUses uses) {
        return new HeldOutRule(uses.selectionSets(), section.flag("allow-selection-prompts"));
    }
}
