package org.demur.report.chart;

import java.util.Locale;

/** Viridis (van der Walt and Smith), interpolated between nine of its colours: even steps to the eye, also in grey. */
final class ColourRamp {
    private static final int[] VIRIDIS = {
        0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C, 0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725
    };

    private ColourRamp() {}

    /** The colour at {@code share} from 0 (dark) to 1 (bright), as #rrggbb. */
    static String at(double share) {
        double place = Math.max(0, Math.min(1, share)) * (VIRIDIS.length - 1);
        int below = Math.min((int) place, VIRIDIS.length - 2);
        double rest = place - below;
        int colour = 0;
        for (int shift = 16; shift >= 0; shift -= 8) {
            int from = VIRIDIS[below] >> shift & 0xFF;
            int to = VIRIDIS[below + 1] >> shift & 0xFF;
            colour |= (int) Math.round(from + rest * (to - from)) << shift;
        }
        return String.format(Locale.ROOT, "#%06x", colour);
    }
}
