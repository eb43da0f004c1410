package org.demur.engine;

import java.util.HashMap;
import java.util.Map;
import org.demur.edit.HookPoint;

/** What a forward pass delivered, by the index of the sequence in the batch that was asked for. */
public final class ForwardResult {
    private final Map<HookPoint, float[][]> activations = new HashMap<>();
    private final float[][] lastLogits;
    private final float[][] tokenNll;

    ForwardResult(ForwardPlan plan, int sequences) {
        for (HookPoint point : plan.capture()) {
            activations.put(point, new float[sequences][]);
        }
        lastLogits = new float[plan.lastLogits() ? sequences : 0][];
        tokenNll = new float[plan.tokenNll() ? sequences : 0][];
    }

    /** The stream at a captured point, [kept positions, d] row-major. */
    public float[] activation(int sequence, HookPoint at) {
        float[][] rows = activations.get(at);
        if (rows == null) {
            throw new IllegalArgumentException(at + " was not captured; captured: " + activations.keySet());
        }
        return rows[sequence];
    }

    /** Logits at the last token, [V]. */
    public float[] lastLogits(int sequence) {
        return lastLogits[sequence];
    }

    /** -log p(token t+1 | tokens up to t), natural logarithm, [T - 1]. */
    public float[] tokenNll(int sequence) {
        return tokenNll[sequence];
    }

    /** The array to fill for a sequence, made when first asked for. */
    float[] activation(int sequence, HookPoint at, int floats) {
        float[][] rows = activations.get(at);
        if (rows[sequence] == null) {
            rows[sequence] = new float[floats];
        }
        return rows[sequence];
    }

    void lastLogits(int sequence, float[] logits) {
        lastLogits[sequence] = logits;
    }

    /** The array to fill for a sequence, made when first asked for. */
    float[] tokenNll(int sequence, int tokens) {
        if (tokenNll[sequence] == null) {
            tokenNll[sequence] = new float[tokens];
        }
        return tokenNll[sequence];
    }
}
