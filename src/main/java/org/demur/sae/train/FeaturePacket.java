package org.demur.sae.train;

/**
 * The updated rows of one worker's features.
 *
 * @param weights where the rows are (the sender's replica within a JVM, the receiver's own after a wire)
 * @param from first feature
 * @param to one past the last feature
 * @param partial the worker's parts of the gradient of b_dec, [blocks, D] flat
 */
record FeaturePacket(TrainingWeights weights, int from, int to, float[] partial) implements Collective.Packet {
    @Override
    public void write(Collective.PacketSink sink) {
        int d = weights.width();
        sink.floats(weights.w_enc_FD(), from * d, (to - from) * d);
        sink.floats(weights.w_dec_FD(), from * d, (to - from) * d);
        sink.floats(weights.b_enc_F(), from, to - from);
        sink.floats(partial, 0, partial.length);
    }

    /** Reads the rows of worker {@code rank} straight into {@code own} weights. */
    static FeaturePacket read(Collective.PacketSource source, TrainingWeights own, int rank, int workers) {
        int d = own.width();
        FeatureBlocks blocks = FeatureBlocks.of(own.features());
        int firstBlock = blocks.firstOf(rank, workers);
        int endBlock = blocks.firstOf(rank + 1, workers);
        int from = blocks.start(firstBlock);
        int to = blocks.start(endBlock);
        source.floats(own.w_enc_FD(), from * d, (to - from) * d);
        source.floats(own.w_dec_FD(), from * d, (to - from) * d);
        source.floats(own.b_enc_F(), from, to - from);
        float[] partial = new float[(endBlock - firstBlock) * d];
        source.floats(partial, 0, partial.length);
        return new FeaturePacket(own, from, to, partial);
    }

    /** Brings {@code own} weights up to date with these rows. */
    void copyTo(TrainingWeights own) {
        int d = own.width();
        if (own != weights) {
            System.arraycopy(weights.w_enc_FD(), from * d, own.w_enc_FD(), from * d, (to - from) * d);
            System.arraycopy(weights.w_dec_FD(), from * d, own.w_dec_FD(), from * d, (to - from) * d);
            System.arraycopy(weights.b_enc_F(), from, own.b_enc_F(), from, to - from);
        }
        own.mirror(from, to);
    }
}
