package org.demur.attribution;

import java.util.OptionalDouble;

/**
 * How two rankings agree.
 *
 * @param candidates features that both looked at, among those compared
 * @param prompts prompts that the intervals resample
 * @param spearman rank correlation of the scores
 * @param pearson correlation of the scores
 * @param overlap features that the best of both have in common
 * @param top how many of the best are compared
 */
record AgreementRow(
        RankingId a, RankingId b, int candidates, int prompts, Figure spearman, Figure pearson, int overlap, int top) {

    /** A figure with a 95 % bootstrap interval; empty where one ranking is constant or has fewer than three candidates. */
    record Figure(OptionalDouble value, OptionalDouble low, OptionalDouble high) {}
}
