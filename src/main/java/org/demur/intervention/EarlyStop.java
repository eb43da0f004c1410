package org.demur.intervention;

import org.demur.config.ConfigSection;

/**
 * When a cell needs no more prompts: its interval of the share of refusals is apart from that of the untouched model on
 * the same prompts. Looking again and again makes a false separation likelier than the confidence says.
 *
 * @param confidence of the Wilson intervals; 0 where no cell stops early
 * @param minPrompts prompts before which no cell stops
 */
public record EarlyStop(double confidence, int minPrompts) {
    /** Every prompt is answered. */
    static final EarlyStop NEVER = new EarlyStop(0, 1);

    /** Reads {@code sweep.early-stop}. */
    static EarlyStop from(ConfigSection section) {
        double confidence = section.number("confidence");
        if (confidence < 0 || confidence >= 1) {
            throw section.invalid(
                    "confidence", "it is " + confidence, "write a number below 1, or 0 to answer every prompt");
        }
        return new EarlyStop(confidence, section.positive("min-prompts"));
    }

    boolean isOn() {
        return confidence > 0;
    }
}
