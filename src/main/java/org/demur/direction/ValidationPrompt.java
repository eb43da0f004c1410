package org.demur.direction;

import java.io.Serializable;
import org.demur.cells.StudyPrompt;

/**
 * A prompt that candidates are scored on.
 *
 * @param cleanLogits_V last-position logits of the untouched model
 */
record ValidationPrompt(StudyPrompt prompt, float[] cleanLogits_V) implements Serializable {}
