package org.demur.engine;

import java.util.Set;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.prompts.TokenClass;

/**
 * What an edit is apart from its number: edits of the same shape at the same point run as one operation with a column of
 * numbers.
 *
 * @param kind operation
 * @param payload the vector or feature slice, equal when it is the same object; the edit's class where rows have their own
 * @param within where it holds
 */
record EditShape(Kind kind, Object payload, Where within) {
    /** Operations. */
    enum Kind {
        ABLATE,
        ADD,
        SCALE,
        CLAMP,
        INTERPOLATE
    }

    /**
     * At which tokens an edit holds.
     *
     * @param all everywhere; the rest then says nothing
     * @param prompt classes of prompt tokens
     * @param generated whether also at generated tokens
     */
    record Where(boolean all, Set<TokenClass> prompt, boolean generated) {
        private static final Where EVERYWHERE = new Where(true, Set.of(), true);
    }

    static EditShape of(Edit edit) {
        return of(edit, Where.EVERYWHERE);
    }

    private static EditShape of(Edit edit, Where where) {
        if (edit instanceof Edit.Within within) {
            return of(within.edit(), new Where(false, within.prompt(), within.generated()));
        }
        if (edit instanceof Edit.AblateDirection ablate) {
            return new EditShape(Kind.ABLATE, ablate.unit(), where);
        }
        if (edit instanceof Edit.AddDirection add) {
            return new EditShape(Kind.ADD, add.vector(), where);
        }
        if (edit instanceof Edit.EditFeatures features) {
            Kind kind = features.rule() instanceof FeatureRule.Scale ? Kind.SCALE : Kind.CLAMP;
            return new EditShape(kind, features.features(), where);
        }
        return new EditShape(Kind.INTERPOLATE, Edit.Interpolate.class, where);
    }

    /** The edit's number: a coefficient, a factor, a value, a share of the way; 1 where it has none. */
    static float number(Edit edit) {
        if (edit instanceof Edit.Within within) {
            return number(within.edit());
        }
        if (edit instanceof Edit.AddDirection add) {
            return add.coefficient();
        }
        if (edit instanceof Edit.EditFeatures features) {
            return features.rule() instanceof FeatureRule.Scale scale
                    ? scale.factor()
                    : ((FeatureRule.Clamp) features.rule()).value();
        }
        return edit instanceof Edit.Interpolate interpolate ? interpolate.alpha() : 1;
    }
}
