package org.demur.attribution;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What one task found.
 *
 * @param prompts scores by ranking and prompt
 * @param activity how the features of each SAE fire on the tokens that count, untouched model
 * @param features the same prompt by prompt
 */
record ShardAttribution(List<PromptAttribution> prompts, Map<Integer, FeatureActivity> activity, ShardFeatures features)
        implements Serializable {}
