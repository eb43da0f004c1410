package org.demur.judge;

/**
 * What a judge says of one completion.
 *
 * @param refusedPrefix a refusal phrase lies wholly within the first characters
 * @param refusedAnywhere a refusal phrase occurs somewhere; true whenever {@code refusedPrefix} is
 */
public record Verdict(boolean refusedPrefix, boolean refusedAnywhere) {}
