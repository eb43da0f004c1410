package org.demur.attribution;

import java.io.Serializable;
import java.util.List;
import java.util.Map;

/**
 * What one task found.
 *
 * @param prompts attributions by mode and prompt
 * @param activity how the features of each SAE fire on the tokens that count, untouched model
 */
record ShardAttribution(List<PromptAttribution> prompts, Map<Integer, FeatureActivity> activity)
        implements Serializable {}
