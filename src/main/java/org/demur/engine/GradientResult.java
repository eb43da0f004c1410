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
            gradients.put(point, new float[(sequences + plan.summed() - 1) / plan.summed()][]);
        }
        metrics = new float[sequences];
    }

    /** dm/dh at that point, [T, d] row-major, of the tokens after the plan's beginning; a sum where the plan sums. */
    public float[] gradient(int number, HookPoint at) {
        return gradients.get(at)[number];
    }

    /** The sequence's logit difference m. */
    public float metric(int sequence) {
        return metrics[sequence];
    }

    void add(int number, HookPoint at, float[] gradient_TD) {
        float[] sum_TD = gradients.get(at)[number];
        if (sum_TD == null) {
            gradients.get(at)[number] = gradient_TD;
            return;
        }
        for (int i = 0; i < sum_TD.length; i++) {
            sum_TD[i] += gradient_TD[i];
        }
    }

    void metric(int sequence, float metric) {
        metrics[sequence] = metric;
    }
}
