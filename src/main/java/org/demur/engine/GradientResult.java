package org.demur.engine;

import java.util.HashMap;
import java.util.Map;
import org.demur.edit.HookPoint;

/** Metrics and their gradients, by the index of the sequence in the batch that was asked for. */
public final class GradientResult {
    private final Map<HookPoint, float[][]> gradients = new HashMap<>();
    private final float[] metrics;

    GradientResult(GradientPlan plan, int sequences) {
        for (HookPoint point : plan.at()) {
            gradients.put(point, new float[sequences][]);
        }
        metrics = new float[sequences];
    }

    /** dm/dh at that point, [T, d] row-major. */
    public float[] gradient(int sequence, HookPoint at) {
        return gradients.get(at)[sequence];
    }

    /** The sequence's logit difference m. */
    public float metric(int sequence) {
        return metrics[sequence];
    }

    void gradient(int sequence, HookPoint at, float[] gradient_TD) {
        gradients.get(at)[sequence] = gradient_TD;
    }

    void metric(int sequence, float metric) {
        metrics[sequence] = metric;
    }
}
