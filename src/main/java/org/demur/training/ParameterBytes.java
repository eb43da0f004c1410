package org.demur.training;

import org.demur.sae.train.OuterRule;
import org.demur.sae.train.RowOptimiser;

/**
 * Bytes that training keeps for every parameter, beside the buffers of a batch: the weight, half a mirror of it because only the encoder
 * has one, the states of the optimiser, and in rounds a share of what the outer step keeps.
 *
 * @param bytes for a parameter; for one of a replica in rounds
 */
record ParameterBytes(double bytes) {
    /** What no choice of settings exceeds. */
    static final double MOST = 16;

    private static final double WEIGHT = 4;
    private static final double MIRROR = 2;
    private static final double STATE = 4;
    private static final double START_AND_VELOCITY = 8;

    /** Of training with steps over all shards. */
    static ParameterBytes of(RowOptimiser optimiser) {
        return new ParameterBytes(WEIGHT + MIRROR + STATE * optimiser.states());
    }

    /** Of a replica; start of the round and velocity are kept once for the replicas of all shards. */
    static ParameterBytes ofReplica(RowOptimiser optimiser, OuterRule outer, int shards) {
        double own = of(optimiser).bytes();
        return new ParameterBytes(outer.isMean() ? own : own + START_AND_VELOCITY / shards);
    }

    boolean isTooMany() {
        return bytes > MOST;
    }
}
