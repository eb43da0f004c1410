package org.demur.tuning;

import java.util.Locale;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.cells.StudyPrompt;

/** What an intervention shall achieve, which the label of a prompt decides. */
enum Aim {
    /** That a harmful prompt is no longer refused. */
    HARMFUL,
    /** That a harmless prompt is refused. */
    HARMLESS;

    /** The aim on a prompt. */
    static Aim of(StudyPrompt prompt) {
        for (Aim aim : values()) {
            if (aim.label().equals(prompt.label())) {
                return aim;
            }
        }
        throw new JobException(
                ExitCode.BAD_DATA,
                "Prompt " + prompt.promptId() + " of " + prompt.setName() + " is labelled '" + prompt.label() + "'",
                "tuning removes refusal of harmful prompts or induces it on harmless ones, so it needs to know which it is",
                "set label = harmful or label = harmless for the set under prompts.sets");
    }

    /** The label of its prompts. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the untouched model must refuse a prompt for an effect to show. */
    boolean startsRefused() {
        return this == HARMFUL;
    }
}
