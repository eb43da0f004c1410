package org.demur.sae.train;

/**
 * Squared gradient norms of one worker's blocks and its parts of the gradient of b_dec.
 *
 * @param norms what the worker found
 */
record NormPacket(FeaturePass.Norms norms) implements Collective.Packet {
    @Override
    public void write(Collective.PacketSink sink) {
        sink.number(norms.squares().length);
        for (double square : norms.squares()) {
            sink.number(square);
        }
        sink.number(norms.partial().length);
        sink.floats(norms.partial(), 0, norms.partial().length);
    }

    static NormPacket read(Collective.PacketSource source) {
        double[] squares = new double[(int) source.number()];
        for (int i = 0; i < squares.length; i++) {
            squares[i] = source.number();
        }
        float[] partial = new float[(int) source.number()];
        source.floats(partial, 0, partial.length);
        return new NormPacket(new FeaturePass.Norms(squares, partial));
    }
}
