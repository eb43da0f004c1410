package org.demur.attribution;

import java.io.Serializable;

/**
 * The scores of one prompt in one ranking.
 *
 * @param refusalToken most probable refusal token of the untouched model
 * @param complianceToken most probable token with the direction ablated
 * @param skipped whether the ablated model still refuses at its first token, so that there is no metric
 * @param scores score of every feature that the method looked at; empty when skipped
 */
record PromptAttribution(
        String setName,
        String promptId,
        RankingId ranking,
        int refusalToken,
        int complianceToken,
        boolean skipped,
        FeatureScores scores)
        implements Serializable {}
