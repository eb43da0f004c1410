package org.demur.tuning;

/**
 * What the rule says of a trial among those of its target.
 *
 * @param onFront no other has at least its effect at no more cost
 * @param chosen whether it is the choice
 * @param reason why, or why not
 */
record Ruling(Trial trial, boolean onFront, boolean chosen, String reason) {}
