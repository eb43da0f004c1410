package org.demur.edit;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import org.demur.prompts.TokenClass;

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
     * SAE's error back, at the cost of the edited features alone. Edits of features that follow one another at a point all
     * read the stream before the first of them, as edits of one code do; they must name different features.
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

    /**
     * Another edit, at those tokens only at which the stream fulfils a condition.
     *
     * @param condition looked at no later than where the edit changes the stream
     * @param edit any but Interpolate, Within and When
     */
    record When(Condition condition, Edit edit) implements Edit {
        /** Refuses what has its own choice of tokens, and points before the condition is known. */
        public When {
            if (edit instanceof Within || edit instanceof When || edit instanceof Interpolate) {
                throw new IllegalArgumentException(edit.getClass().getSimpleName() + " cannot be made conditional");
            }
            for (HookPoint point : edit.points()) {
                if (point.compareTo(condition.at()) < 0) {
                    throw new IllegalArgumentException(
                            "An edit at " + point + " cannot wait for a condition at " + condition.at());
                }
            }
        }

        @Override
        public List<HookPoint> points() {
            return edit.points();
        }
    }

    /**
     * Another edit, at some tokens only.
     *
     * @param edit any but Interpolate and Within
     * @param prompt classes of the prompt's tokens at which it holds
     * @param generated whether it holds at generated tokens
     */
    record Within(Edit edit, Set<TokenClass> prompt, boolean generated) implements Edit {
        /** Copies the set; refuses what has its own choice of tokens. */
        public Within {
            prompt = Set.copyOf(prompt);
            if (edit instanceof Within || edit instanceof Interpolate) {
                throw new IllegalArgumentException(edit.getClass().getSimpleName() + " already says where it holds");
            }
        }

        @Override
        public List<HookPoint> points() {
            return edit.points();
        }
    }
}
