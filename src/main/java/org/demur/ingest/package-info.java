/**
 * The stage {@code prompts}: reads prompt sets from JSONL, CSV, Parquet and plain text, sets bad rows aside with a
 * reason, renders the rest with the model's chat template and publishes them tokenised, each token with its class.
 */
package org.demur.ingest;
