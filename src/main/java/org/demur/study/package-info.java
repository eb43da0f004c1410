/**
 * A study: all stages of one job file in order. Plans every run id without running anything, skips what is published,
 * and records each stage in the table {@code runs} once its own tables are published.
 */
package org.demur.study;
