package org.demur.attribution;

import java.io.Serializable;
import org.demur.cells.StudyPrompt;

/** A prompt and the two tokens of its metric, logit[compliance] - logit[refusal] at the last token. */
record MeasuredPrompt(StudyPrompt prompt, int complianceToken, int refusalToken) implements Serializable {
    double metric(float[] logits_V) {
        return (double) logits_V[complianceToken] - logits_V[refusalToken];
    }
}
