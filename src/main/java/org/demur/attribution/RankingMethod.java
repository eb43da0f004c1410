package org.demur.attribution;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.demur.ExitCode;
import org.demur.JobException;

/** How features are ranked. A larger score always means that the feature carries more refusal. */
public enum RankingMethod {
    /** Linear integrated gradients over the cosine candidates (Yeo et al. 2025). */
    LA_IG,
    /** Cosine of the decoder row with the direction. */
    CS,
    /** Mean over harmful prompts of the largest activation, minus the same over harmless ones. */
    ACTDIFF,
    /** Attribution patching over all features: corrected at the clean point, faithful along the published path. */
    AP,
    /** What the gradient at the clean point predicts for taking the feature away. */
    GRAD_ACT,
    /** Integrated gradients of each layer apart, midpoint rule, over all features. */
    IG,
    /** Measured change of the metric when the feature alone is scaled to 0. */
    EXACT,
    /** Measured further change, given the features chosen before. */
    GREEDY,
    /** Weights of a sparse logistic probe that tells harmful from harmless prompts by their mean features. */
    PROBE;

    /** The spelling in tables and job files. */
    public String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Id of its feature set that holds for every prompt. */
    String setId() {
        return this == LA_IG ? "fstar" : sqlName();
    }

    /** The method of that spelling. */
    public static RankingMethod of(String sqlName) {
        return Arrays.stream(values())
                .filter(method -> method.sqlName().equals(sqlName))
                .findFirst()
                .orElseThrow(() -> new JobException(
                        ExitCode.USAGE,
                        "Unknown ranking method '" + sqlName + "'",
                        "attribute.methods in the job file names a method that does not exist.",
                        "Use some of "
                                + Arrays.stream(values())
                                        .map(RankingMethod::sqlName)
                                        .collect(Collectors.joining(", "))
                                + "."));
    }

    /** The modes that differ for this method, out of those asked for. */
    List<AttributionMode> modes(List<AttributionMode> wanted) {
        return switch (this) {
            case LA_IG, AP, ACTDIFF -> wanted;
            case CS, GRAD_ACT, IG, EXACT, GREEDY, PROBE -> List.of(AttributionMode.CORRECTED);
        };
    }

    /** Whether every prompt has scores of its own. */
    boolean isPerPrompt() {
        return switch (this) {
            case LA_IG, AP, GRAD_ACT, IG, EXACT -> true;
            case CS, ACTDIFF, GREEDY, PROBE -> false;
        };
    }

    /** Whether gradients give the scores. */
    boolean usesGradients() {
        return switch (this) {
            case LA_IG, AP, GRAD_ACT, IG -> true;
            case CS, ACTDIFF, EXACT, GREEDY, PROBE -> false;
        };
    }

    /** Whether features are compared between harmful and harmless prompts. */
    boolean usesHarmless() {
        return switch (this) {
            case ACTDIFF, PROBE -> true;
            case LA_IG, CS, AP, GRAD_ACT, IG, EXACT, GREEDY -> false;
        };
    }

    /** Whether single features are taken out of the running model. */
    boolean isMeasured() {
        return switch (this) {
            case EXACT, GREEDY -> true;
            case LA_IG, CS, ACTDIFF, AP, GRAD_ACT, IG, PROBE -> false;
        };
    }

    /** Whether features without a score were never looked at, instead of having the score 0. */
    boolean isLimited() {
        return switch (this) {
            case LA_IG, EXACT, GREEDY -> true;
            case CS, ACTDIFF, AP, GRAD_ACT, IG, PROBE -> false;
        };
    }
}
