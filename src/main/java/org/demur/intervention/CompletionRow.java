package org.demur.intervention;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A row of the table {@code completions}, spelled as JSON in the parts that a stopped sweep leaves behind. */
record CompletionRow(
        @JsonProperty("cell_id") String cellId,
        @JsonProperty("set_name") String setName,
        @JsonProperty("prompt_id") String promptId,
        @JsonProperty("method") String method,
        @JsonProperty("feature_set") String featureSet,
        @JsonProperty("n_features") int nFeatures,
        @JsonProperty("coefficient") Double coefficient,
        @JsonProperty("completion") String completion,
        @JsonProperty("token_ids") int[] tokenIds,
        @JsonProperty("n_tokens") int nTokens,
        @JsonProperty("finish") String finish,
        @JsonProperty("intervention") String intervention) {}
