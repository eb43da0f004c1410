package org.demur.cells;

import java.io.Serializable;

/**
 * One thing that an intervention does.
 *
 * @param coefficient multiplier of the method; 0 for the methods that take none
 */
public record Action(
        Method method, FeatureChoice features, double coefficient, Scope scope, Trigger trigger, Reference reference)
        implements Serializable {

    /** An action at every token and layer, in threshold form. */
    public static Action of(Method method, String featureSet, int nFeatures, double coefficient) {
        return new Action(
                method,
                new FeatureChoice(featureSet, nFeatures),
                coefficient,
                Scope.EVERYWHERE,
                Trigger.ALWAYS,
                Reference.NONE);
    }

    /** What the action is, in a few words: all that differs from the usual. */
    String id() {
        StringBuilder id = new StringBuilder(method.sqlName());
        if (method.editsFeatures()) {
            id.append('/').append(features.set()).append('/').append(features.n());
        }
        if (method.takesCoefficient()) {
            id.append('/').append(coefficient);
        }
        if (features.form().equals(FeatureChoice.EXACT)) {
            id.append("/exact");
        }
        return id.append(scope.suffix())
                .append(trigger.suffix())
                .append(reference.suffix())
                .toString();
    }
}
