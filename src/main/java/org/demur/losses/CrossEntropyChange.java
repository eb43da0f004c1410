package org.demur.losses;

import java.util.List;
import org.demur.statistics.Bootstrap;
import org.demur.statistics.Interval;

/**
 * Token-weighted cross-entropy, in nats per token, on the same texts without and with an intervention.
 *
 * @param tokens scored tokens over all texts
 * @param base cross-entropy without the intervention
 * @param edited cross-entropy with it
 * @param change {@code edited - base}
 * @param interval percentile bootstrap interval of {@code change}, texts resampled in pairs
 */
public record CrossEntropyChange(long tokens, double base, double edited, double change, Interval interval) {
    /**
     * The change over these texts. Texts, not tokens, are resampled: tokens of one text are not independent. The same
     * losses and bootstrap give the same interval.
     */
    public static CrossEntropyChange of(List<PairedLoss> losses, Bootstrap bootstrap) {
        if (losses.isEmpty()) {
            throw new IllegalArgumentException("No texts to compare");
        }
        long tokens = losses.stream().mapToLong(PairedLoss::tokens).sum();
        double base = losses.stream().mapToDouble(PairedLoss::baseNats).sum() / tokens;
        double edited = losses.stream().mapToDouble(PairedLoss::editedNats).sum() / tokens;
        return new CrossEntropyChange(tokens, base, edited, edited - base, interval(losses, bootstrap));
    }

    private static Interval interval(List<PairedLoss> losses, Bootstrap bootstrap) {
        return bootstrap.interval(losses.size(), drawn -> {
            double nats = 0;
            long tokens = 0;
            for (int i : drawn) {
                PairedLoss loss = losses.get(i);
                nats += loss.editedNats() - loss.baseNats();
                tokens += loss.tokens();
            }
            return nats / tokens;
        });
    }
}
