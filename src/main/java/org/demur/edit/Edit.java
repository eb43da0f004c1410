package org.demur.edit;

import java.io.Serializable;
import java.util.List;

/**
 * A change of the residual stream h, as data: the engine plans round it instead of calling back. Unless an edit says
 * otherwise it holds at every token of its sequence, those of the prompt and those that are generated.
 */
public sealed interface Edit extends Serializable {

    /** The hook points that the edit changes. */
    List<HookPoint> points();

    /** h &lt;- h - (h . u) u with a unit vector u (directional ablation, Arditi et al. 2024, eq. 4). */
    record AblateDirection(List<HookPoint> points, float[] unit) implements Edit {}

    /** h &lt;- h + coefficient * vector (activation addition, Arditi et al. 2024, eq. 3). */
    record AddDirection(HookPoint at, float[] vector, float coefficient) implements Edit {
        @Override
        public List<HookPoint> points() {
            return List.of(at);
        }
    }

    /**
     * h &lt;- h + sum_j (f'_j - f_j) d_j over the slice's features: equal to encoding, editing, decoding and adding the
     * SAE's error back, at the cost of the edited features alone.
     */
    record EditFeatures(HookPoint at, FeatureSlice features, FeatureRule rule) implements Edit {
        @Override
        public List<HookPoint> points() {
            return List.of(at);
        }
    }

    /**
     * h_t &lt;- (1 - alpha) h_t + alpha target_t for the T prompt tokens of the sequence; not for generation.
     *
     * @param target_TD target stream, [T, d] row-major
     */
    record Interpolate(HookPoint at, float[] target_TD, float alpha) implements Edit {
        @Override
        public List<HookPoint> points() {
            return List.of(at);
        }
    }
}
