package org.demur.refusal;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.demur.ExitCode;
import org.demur.JobException;

/**
 * The first tokens by which a model refuses, found from the model itself: every token whose mean next-token probability
 * on harmful prompts exceeds that on harmless prompts by more than a threshold, strongest first.
 */
public record RefusalTokens(List<Evidence> evidence) implements Serializable {
    /** Keeps the log-odds finite; the value of Arditi et al. 2024. */
    private static final double SCORE_EPSILON = 1e-8;

    /** Mean probabilities of one refusal token. */
    public record Evidence(int token, double onHarmful, double onHarmless) implements Serializable {
        double margin() {
            return onHarmful - onHarmless;
        }
    }

    /**
     * Applies the rule.
     *
     * @param harmful_V mean next-token probabilities over harmful prompts
     * @param harmless_V the same over harmless prompts
     * @throws JobException if no token passes, which means that the model does not refuse at its first token
     */
    public static RefusalTokens find(double[] harmful_V, double[] harmless_V, double threshold) {
        List<Evidence> found = new ArrayList<>();
        int widest = 0;
        for (int v = 0; v < harmful_V.length; v++) {
            Evidence evidence = new Evidence(v, harmful_V[v], harmless_V[v]);
            if (evidence.margin() > threshold) {
                found.add(evidence);
            }
            if (evidence.margin() > harmful_V[widest] - harmless_V[widest]) {
                widest = v;
            }
        }
        if (found.isEmpty()) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    String.format(
                            Locale.ROOT,
                            "No refusal token: token %d has the widest margin between harmful and harmless prompts,"
                                    + " %.4f, and the threshold is %.4f",
                            widest,
                            harmful_V[widest] - harmless_V[widest],
                            threshold),
                    "The model starts its answers to both kinds of prompt alike, so it hardly refuses, or the chat"
                            + " template does not fit the model.",
                    "Look at its completions without intervention; lower direction.refusal-token-threshold if they do"
                            + " differ at the first token.");
        }
        found.sort((a, b) -> Double.compare(b.margin(), a.margin()));
        return new RefusalTokens(List.copyOf(found));
    }

    /** Token ids, strongest first. */
    public int[] ids() {
        return evidence.stream().mapToInt(Evidence::token).toArray();
    }

    /**
     * Refusal score of a distribution, {@code log(p + 1e-8) - log(1 - p + 1e-8)} with p the summed probability of the
     * refusal tokens (Arditi et al. 2024). Above 0 means that the model more likely refuses.
     */
    public static double score(double[] p_V, int[] refusalTokens) {
        double p = 0;
        for (int token : refusalTokens) {
            p += p_V[token];
        }
        return Math.log(p + SCORE_EPSILON) - Math.log(1 - p + SCORE_EPSILON);
    }
}
