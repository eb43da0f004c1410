package org.demur.sae.train;

/**
 * The updated rows of one worker's features.
 *
 * @param weights where the rows are (the sender's replica within a JVM, the receiver's own after a wire)
 * @param from first feature
 * @param to one past the last feature
 * @param partial the worker's parts of the gradient of b_dec, [blocks, I] flat
 */
record FeaturePacket(TrainingWeights weights, int from, int to, float[] partial) implements Collective.Packet {
    @Override
    public void write(Collective.PacketSink sink) {
        weights.w_enc().pieces(from, to, sink::floats);
        weights.w_dec().pieces(from, to, sink::floats);
        for (int s = 0; s < weights.shape().scalars(); s++) {
            sink.floats(weights.scalar(s), from, to - from);
        }
        sink.number(partial.length);
        sink.floats(partial, 0, partial.length);
    }

    /** Reads the rows of worker {@code rank} straight into {@code own} weights. */
    static FeaturePacket read(Collective.PacketSource source, TrainingWeights own, int rank, int workers) {
        FeatureBlocks blocks = FeatureBlocks.of(own.features());
        int from = blocks.start(blocks.firstOf(rank, workers));
        int to = blocks.start(blocks.firstOf(rank + 1, workers));
        own.w_enc().pieces(from, to, source::floats);
        own.w_dec().pieces(from, to, source::floats);
        for (int s = 0; s < own.shape().scalars(); s++) {
            source.floats(own.scalar(s), from, to - from);
        }
        float[] partial = new float[(int) source.number()];
        source.floats(partial, 0, partial.length);
        return new FeaturePacket(own, from, to, partial);
    }

    /** Brings {@code own} weights up to date with these rows. */
    void copyTo(TrainingWeights own) {
        if (own != weights) {
            copy(weights.w_enc(), own.w_enc());
            copy(weights.w_dec(), own.w_dec());
            for (int s = 0; s < own.shape().scalars(); s++) {
                System.arraycopy(weights.scalar(s), from, own.scalar(s), from, to - from);
            }
        }
        own.mirror(from, to);
    }

    private void copy(RowMatrix source, RowMatrix target) {
        for (int j = from; j < to; j++) {
            System.arraycopy(source.array(j), source.at(j), target.array(j), target.at(j), source.width());
        }
    }
}
