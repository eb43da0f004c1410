package org.demur.losses;

/**
 * Summed negative log-likelihood of one text's scored tokens without and with an intervention.
 *
 * @param tokens how many tokens were scored
 * @param baseNats the sum without the intervention
 * @param editedNats the sum with it
 */
public record PairedLoss(int tokens, double baseNats, double editedNats) {
    public PairedLoss {
        if (tokens <= 0) {
            throw new IllegalArgumentException("A loss over " + tokens + " tokens");
        }
    }
}
