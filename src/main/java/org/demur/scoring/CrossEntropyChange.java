package org.demur.scoring;

import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

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
        SplittableRandom random = new SplittableRandom(bootstrap.seed());
        double[] changes = new double[bootstrap.resamples()];
        for (int r = 0; r < changes.length; r++) {
            double nats = 0;
            long tokens = 0;
            for (int i = 0; i < losses.size(); i++) {
                PairedLoss drawn = losses.get(random.nextInt(losses.size()));
                nats += drawn.editedNats() - drawn.baseNats();
                tokens += drawn.tokens();
            }
            changes[r] = nats / tokens;
        }
        Percentile percentile = new Percentile().withEstimationType(EstimationType.R_7);
        percentile.setData(changes);
        double tail = 50 * (1 - bootstrap.confidence());
        return new Interval(percentile.evaluate(tail), percentile.evaluate(100 - tail));
    }
}
