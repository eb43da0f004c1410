package org.demur.training;

import java.util.Locale;

/**
 * Chooses how tasks share the work, from settings and sizes alone: the mode is part of the result, so neither the number of
 * executors nor anything measured may enter.
 *
 * <ol>
 *   <li>At least as many dictionaries as shards: {@code many}, which exchanges nothing.
 *   <li>Otherwise, with as many workers as shards, let a step compute for {@code c} seconds, the encoder's product at the
 *       assumed rate, and exchange for {@code e} seconds, the updated rows and the packets of tokens at the assumed bandwidth.
 *       If {@code e / (c + e)} is at most the allowed share: {@code synchronous}.
 *   <li>Otherwise {@code rounds}.
 * </ol>
 */
final class ModeRule {
    private static final double MIB = 1 << 20;
    private static final int ROW_BYTES_PER_ELEMENT = Short.BYTES + Float.BYTES;
    private static final int ENTRY_BYTES = Integer.BYTES + 2 * Float.BYTES;

    private ModeRule() {}

    /**
     * What is to be trained.
     *
     * @param dictionaries number of dictionaries
     * @param shards of every minibatch
     * @param batchRows rows of a minibatch over all shards
     * @param largest the dictionary with the most parameters
     */
    record Load(int dictionaries, int shards, int batchRows, Size largest) {}

    /** Width of rows, features, active features per row. */
    record Size(int width, int features, double k) {}

    /**
     * A mode and why.
     *
     * @param mode chosen
     * @param reason with the numbers that decided
     */
    record Choice(TrainMode mode, String reason) {}

    /** The mode that the settings name, or that the rule gives. */
    static Choice choose(ModeSettings settings, Load load) {
        return settings.mode()
                .map(mode -> new Choice(mode, "set by train.mode"))
                .orElseGet(() -> byRule(settings.rates(), load));
    }

    private static Choice byRule(ModeSettings.Rates rates, Load load) {
        if (load.dictionaries() >= load.shards()) {
            return new Choice(
                    TrainMode.MANY,
                    String.format(
                            Locale.ROOT,
                            "%d dictionaries for at most %d workers on one",
                            load.dictionaries(),
                            load.shards()));
        }
        double compute_s = compute_s(rates, load);
        double exchange_s = exchange_s(rates, load);
        double share = exchange_s / (compute_s + exchange_s);
        return new Choice(
                share <= rates.exchangeShare() ? TrainMode.SYNCHRONOUS : TrainMode.ROUNDS,
                String.format(
                        Locale.ROOT,
                        "exchange would take %.3f s beside %.3f s of computation, a share of %.2f; allowed is %.2f",
                        exchange_s,
                        compute_s,
                        share,
                        rates.exchangeShare()));
    }

    private static double compute_s(ModeSettings.Rates rates, Load load) {
        Size size = load.largest();
        double flops = 2.0 * load.batchRows() / load.shards() * size.width() * size.features();
        return flops / (1e9 * rates.gigaflops_per_s());
    }

    private static double exchange_s(ModeSettings.Rates rates, Load load) {
        Size size = load.largest();
        double updated_bytes = (double) Float.BYTES * size.features() * (2L * size.width() + 1);
        double tokens_bytes =
                load.batchRows() * (size.width() * (double) ROW_BYTES_PER_ELEMENT + size.k() * ENTRY_BYTES);
        double ofOthers = (load.shards() - 1.0) / load.shards();
        return ofOthers * (updated_bytes + tokens_bytes) / (MIB * rates.mib_per_s());
    }
}
