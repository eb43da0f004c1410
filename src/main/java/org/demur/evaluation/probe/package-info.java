/**
 * Measures of dictionaries that need labels: linear probes on prompts, what ablating features does to them, and whether
 * features absorb each other. Numbers only; no Spark.
 */
package org.demur.evaluation.probe;
