package org.demur.direction;

import java.io.Serializable;
import java.util.List;
import org.demur.edit.HookPoint;
import org.demur.engine.ModelSpec;

/**
 * Everything that scoring a candidate needs besides the candidate; broadcast once.
 *
 * @param harmful validation prompts that the model refuses
 * @param harmless validation prompts that it answers
 * @param refusalTokens see {@link org.demur.refusal.RefusalTokens}
 * @param ablationPoints hook points at which a candidate is removed
 * @param firstLateLayer candidates from this layer on cannot be selected
 * @param minInduce candidates that induce less cannot be selected
 */
record Trial(
        ModelSpec model,
        List<ValidationPrompt> harmful,
        List<ValidationPrompt> harmless,
        int[] refusalTokens,
        List<HookPoint> ablationPoints,
        int firstLateLayer,
        double minInduce,
        DirectionSettings.Work work)
        implements Serializable {}
