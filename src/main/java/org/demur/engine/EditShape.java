package org.demur.engine;

import java.util.Optional;
import java.util.Set;
import org.demur.edit.Condition;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.FeatureSlice;
import org.demur.prompts.TokenClass;

/**
 * What an edit is apart from its number: edits of the same shape at the same point run as one operation with a column of
 * numbers.
 *
 * @param kind operation
 * @param payload the vector or feature slice, equal when it is the same object; the edit's class where rows have their own
 * @param where the tokens at which it holds
 */
record EditShape(Kind kind, Object payload, Where where) {
    /** Operations. */
    enum Kind {
        ABLATE,
        ADD,
        SCALE,
        CLAMP,
        CLAMP_ACTIVE,
        CAP,
        EACH,
        AT_TOKENS,
        UNEDITED,
        INTERPOLATE;

        /** Whether it changes features, and thus reads the same stream as those beside it. */
        boolean ofFeatures() {
            return switch (this) {
                case ABLATE, ADD, INTERPOLATE -> false;
                case SCALE, CLAMP, CLAMP_ACTIVE, CAP, EACH, AT_TOKENS, UNEDITED -> true;
            };
        }
    }

    /** Features with a value of their own each. */
    record Values(FeatureSlice slice, float[] value_M) {}

    /**
     * At which tokens an edit holds.
     *
     * @param all everywhere that the condition allows; classes and phase then say nothing
     * @param prompt classes of prompt tokens
     * @param generated whether also at generated tokens
     * @param condition what the stream must be like
     */
    record Where(boolean all, Set<TokenClass> prompt, boolean generated, Optional<Condition> condition) {
        private static final Where EVERYWHERE = new Where(true, Set.of(), true, Optional.empty());

        private Where on(Condition wanted) {
            return new Where(all, prompt, generated, Optional.of(wanted));
        }
    }

    static EditShape of(Edit edit) {
        return of(edit, Where.EVERYWHERE);
    }

    private static EditShape of(Edit edit, Where where) {
        if (edit instanceof Edit.Within within) {
            return of(within.edit(), new Where(false, within.prompt(), within.generated(), Optional.empty()));
        }
        if (edit instanceof Edit.When when) {
            return of(when.edit(), where.on(when.condition()));
        }
        if (edit instanceof Edit.AblateDirection ablate) {
            return new EditShape(Kind.ABLATE, ablate.unit(), where);
        }
        if (edit instanceof Edit.AddDirection add) {
            return new EditShape(Kind.ADD, add.vector(), where);
        }
        if (edit instanceof Edit.EditFeatures features) {
            return of(features, where);
        }
        return new EditShape(Kind.INTERPOLATE, Edit.Interpolate.class, where);
    }

    private static EditShape of(Edit.EditFeatures edit, Where where) {
        FeatureRule rule = edit.rule();
        if (rule instanceof FeatureRule.Each each) {
            return new EditShape(Kind.EACH, new Values(edit.features(), each.value_M()), where);
        }
        return new EditShape(kind(rule), edit.features(), where);
    }

    private static Kind kind(FeatureRule rule) {
        if (rule instanceof FeatureRule.Scale) {
            return Kind.SCALE;
        }
        if (rule instanceof FeatureRule.Clamp) {
            return Kind.CLAMP;
        }
        if (rule instanceof FeatureRule.ClampActive) {
            return Kind.CLAMP_ACTIVE;
        }
        if (rule instanceof FeatureRule.Cap) {
            return Kind.CAP;
        }
        return rule instanceof FeatureRule.AtTokens ? Kind.AT_TOKENS : Kind.UNEDITED;
    }

    /** The edit itself, without what says where it holds. */
    static Edit bare(Edit edit) {
        if (edit instanceof Edit.Within within) {
            return bare(within.edit());
        }
        return edit instanceof Edit.When when ? when.edit() : edit;
    }

    /** The edit's number: a coefficient, a factor, a value, a share of the way; 1 where it has none. */
    static float number(Edit edit) {
        Edit bare = bare(edit);
        if (bare instanceof Edit.AddDirection add) {
            return add.coefficient();
        }
        if (bare instanceof Edit.EditFeatures features) {
            return number(features.rule());
        }
        return bare instanceof Edit.Interpolate interpolate ? interpolate.alpha() : 1;
    }

    private static float number(FeatureRule rule) {
        if (rule instanceof FeatureRule.Scale scale) {
            return scale.factor();
        }
        if (rule instanceof FeatureRule.Clamp clamp) {
            return clamp.value();
        }
        if (rule instanceof FeatureRule.ClampActive clamp) {
            return clamp.value();
        }
        return rule instanceof FeatureRule.Cap cap ? cap.value() : 1;
    }
}
