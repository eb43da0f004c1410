package org.demur.attribution;

import java.util.List;
import java.util.Map;

/**
 * The scores of one ranking over a shard: a change of features times the gradient with respect to each. The same for
 * attribution patching, integrated gradients and gradient times activation; they differ in what features change to and
 * where the gradient is taken.
 *
 * @param streams ends of the path, and the metric's tokens
 * @param kept prompts that have a metric, as indices in the shard
 * @param gradients by layer, one [T, d] array for each of {@code kept}
 */
record Term(RankingId ranking, Streams streams, List<Integer> kept, Map<Integer, float[][]> gradients) {

    /** What features change to. */
    enum Change {
        /** Their values in the ablated run. */
        TO_ABLATED,
        /** Nothing. */
        TO_NONE
    }

    Change change(Baseline baseline) {
        boolean isAway = ranking.method() == RankingMethod.GRAD_ACT
                || ranking.method() == RankingMethod.IG && baseline == Baseline.ZERO;
        return isAway ? Change.TO_NONE : Change.TO_ABLATED;
    }

    /** Whether every token counts, as in the published baseline. */
    boolean countsAll() {
        return countsAll(ranking);
    }

    static boolean countsAll(RankingId ranking) {
        return ranking.equals(new RankingId(RankingMethod.AP, AttributionMode.FAITHFUL));
    }
}
