package org.demur.sae.train;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The optimisers by the names of the job file, with their laws of learning rate. */
public enum OptimiserRule {
    /** Adam with exact moments. */
    ADAM("adam", 2e-3, AdamOptimiser.standard()),
    /** Signs of a running mean of gradients. */
    SIGNUM("signum", 6e-4, SignOptimiser.standard()),
    /** Signs of gradients with an average of iterates. */
    SCHEDULE_FREE("schedule-free", 4.2e-3, ScheduleFreeOptimiser.standard()),
    /** Orthogonalised running means of gradients. */
    MUON("muon", 1e-3, MuonOptimiser.standard());

    private static final double REFERENCE_FEATURES = 1 << 14;

    private final String label;
    private final double rateAtReference;
    private final RowOptimiser optimiser;

    OptimiserRule(String label, double rateAtReference, RowOptimiser optimiser) {
        this.label = label;
        this.rateAtReference = rateAtReference;
        this.optimiser = optimiser;
    }

    /** The rule of that name. */
    public static Optional<OptimiserRule> named(String label) {
        return Arrays.stream(values()).filter(rule -> rule.label.equals(label)).findFirst();
    }

    /** All names. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(rule -> rule.label).toList();
    }

    /** The rule as it is applied. */
    public RowOptimiser optimiser() {
        return optimiser;
    }

    /** Peak rate for a dictionary size: the rate at 2^14 features over the root of the relative size. */
    public double learningRate(int features) {
        return rateAtReference / Math.sqrt(features / REFERENCE_FEATURES);
    }
}
