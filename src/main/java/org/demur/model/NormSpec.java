package org.demur.model;

/**
 * The normalisations of a model.
 *
 * @param kind formula of all of them
 * @param eps added to the mean square or the variance
 * @param afterSublayers whether what attention and MLP add is normalised once more (Gemma 2)
 */
public record NormSpec(Kind kind, double eps, boolean afterSublayers) {
    /** Formulas. */
    public enum Kind {
        /** x / sqrt(mean(x^2) + eps) * weight (Zhang and Sennrich 2019). */
        RMS,
        /** (x - mean(x)) / sqrt(var(x) + eps) * weight + bias (Ba et al. 2016). */
        LAYER
    }
}
