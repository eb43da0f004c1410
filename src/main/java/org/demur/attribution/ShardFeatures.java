package org.demur.attribution;

import java.io.Serializable;
import java.util.List;

/**
 * The features of a shard's prompts, untouched model.
 *
 * @param counted largest value of each feature over the tokens that count, summed over the prompts
 * @param all the same over all tokens, the first one included
 * @param means mean value of each feature over the tokens that count, by prompt
 * @param prompts how many
 */
record ShardFeatures(FeatureScores counted, FeatureScores all, List<FeatureScores> means, int prompts)
        implements Serializable {}
