package org.demur.attribution;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.demur.ExitCode;
import org.demur.JobException;

/** How the path from the clean to the ablated stream is taken. */
public enum AttributionMode {
    /**
     * As published: all SAE layers move at once, gradients at alpha = 0, 1/n, ... (left rule), and the far end of a
     * layer's path is its stream before that layer's own ablation. A layer's gradient is damped by every later layer's
     * interpolation, so late layers score higher than their effect.
     */
    FAITHFUL,
    /**
     * One layer moves at a time while the others run freely (integrated gradients of one node, Marks et al. 2025),
     * gradients at the middle of each step, and the far end is the ablated stream. Layers are comparable, and the sum
     * over all directions of a layer is the effect of moving that layer.
     */
    CORRECTED;

    /** The spelling in tables and job files. */
    public String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The mode of that spelling. */
    public static AttributionMode of(String sqlName) {
        return Arrays.stream(values())
                .filter(mode -> mode.sqlName().equals(sqlName))
                .findFirst()
                .orElseThrow(() -> new JobException(
                        ExitCode.USAGE,
                        "Unknown attribution mode '" + sqlName + "'",
                        "attribute.modes in the job file names a mode that does not exist.",
                        "Use some of " + List.of("corrected", "faithful") + "."));
    }

    /** Where on the path, from 0 (clean) to 1 (ablated), the gradients are taken; equal weights. */
    float[] alphas(int steps) {
        float[] alphas = new float[steps];
        for (int i = 0; i < steps; i++) {
            alphas[i] = switch (this) {
                case FAITHFUL -> (float) i / steps;
                case CORRECTED -> (i + 0.5f) / steps;
            };
        }
        return alphas;
    }
}
