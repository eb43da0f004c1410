package org.demur.attribution;

import java.io.Serializable;

/**
 * The attributions of one prompt along one path.
 *
 * @param refusalToken most probable refusal token of the untouched model
 * @param complianceToken most probable token with the direction ablated
 * @param skipped whether the ablated model still refuses at its first token, so that there is no metric
 * @param scores attribution of every candidate, layers ascending, in the order of the slices; zeros when skipped
 */
record PromptAttribution(
        String setName,
        String promptId,
        AttributionMode mode,
        int refusalToken,
        int complianceToken,
        boolean skipped,
        double[] scores)
        implements Serializable {}
