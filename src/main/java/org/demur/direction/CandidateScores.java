package org.demur.direction;

import java.io.Serializable;

/**
 * Selection scores of one candidate direction; NaN where a score was not measured because another one already
 * discards the candidate.
 *
 * @param layer block after which the candidate was found
 * @param position token position, negative from the end
 * @param bypass mean refusal score on harmful validation prompts under ablation; low is good
 * @param induce mean refusal score on harmless validation prompts under addition; high is good
 * @param kl mean divergence in nats on harmless validation prompts under ablation; low is good
 */
public record CandidateScores(int layer, int position, double bypass, double induce, double kl)
        implements Serializable {}
