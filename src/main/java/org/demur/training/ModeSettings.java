package org.demur.training;

import java.io.Serializable;
import java.util.Optional;
import org.demur.config.ConfigSection;
import org.demur.sae.train.OuterRule;

/**
 * How workers share the work.
 *
 * @param wanted name of the mode, or auto to let {@link ModeRule} choose
 * @param roundSteps steps of a round
 * @param outer the step that ends a round
 * @param rates what the rule assumes
 */
record ModeSettings(String wanted, int roundSteps, OuterRule outer, Rates rates) implements Serializable {
    private static final String AUTO = "auto";

    /**
     * What the rule assumes of a cluster, because a result must not depend on what was measured while it came about.
     *
     * @param gigaflops_per_s of a worker in the encoder's matrix product
     * @param mib_per_s into a worker from all others
     * @param exchangeShare most of a step's time that synchronous exchange may take
     */
    record Rates(double gigaflops_per_s, double mib_per_s, double exchangeShare) implements Serializable {}

    /** Reads and checks the settings. */
    static ModeSettings from(ConfigSection section) {
        String mode = section.string("mode");
        if (TrainMode.named(mode).isEmpty() && !AUTO.equals(mode)) {
            throw section.invalid(
                    "mode", "known are auto, " + String.join(", ", TrainMode.labels()), "write one of them");
        }
        ModeSettings settings = new ModeSettings(
                mode,
                section.positive("round-steps"),
                new OuterRule(section.number("outer-learning-rate"), section.number("outer-momentum")),
                new Rates(
                        section.number("assumed-gigaflops"),
                        section.number("assumed-mib-per-second"),
                        section.number("exchange-share")));
        settings.check(section);
        return settings;
    }

    /** The mode, unless it is to be chosen. */
    Optional<TrainMode> mode() {
        return TrainMode.named(wanted);
    }

    private void check(ConfigSection section) {
        if (!(outer.rate() > 0) || !(outer.momentum() >= 0 && outer.momentum() < 1)) {
            throw section.invalid(
                    "outer-learning-rate",
                    "the rate is positive and outer-momentum lies in [0, 1)",
                    "write 1 and 0 for the mean of the replicas");
        }
        if (!(rates.gigaflops_per_s() > 0 && rates.mib_per_s() > 0)) {
            throw section.invalid("assumed-gigaflops", "assumed rates are positive", "leave them at their defaults");
        }
    }
}
