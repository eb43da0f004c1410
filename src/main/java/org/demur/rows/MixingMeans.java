package org.demur.rows;

/** Means of what the minibatches showed. */
final class MixingMeans {
    private int batches;
    private double prompts;
    private double units;
    private double entropy;
    private double lag;

    void add(MixingMeter.Reading reading) {
        batches++;
        prompts += reading.ratio().prompts();
        units += reading.ratio().units();
        entropy += reading.ratio().entropy();
        lag += reading.lag();
    }

    MixingFigures figures() {
        int n = Math.max(1, batches);
        // The first minibatch has none before it.
        int pairs = Math.max(1, batches - 1);
        return new MixingFigures(batches, prompts / n, units / n, entropy / n, lag / pairs);
    }
}
