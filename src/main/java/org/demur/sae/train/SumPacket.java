package org.demur.sae.train;

/**
 * Numbers of one worker that all of them add up.
 *
 * @param values in an order that all know
 */
record SumPacket(double[] values) implements Collective.Packet {
    @Override
    public void write(Collective.PacketSink sink) {
        sink.number(values.length);
        for (double value : values) {
            sink.number(value);
        }
    }

    static SumPacket read(Collective.PacketSource source) {
        double[] values = new double[(int) source.number()];
        for (int i = 0; i < values.length; i++) {
            values[i] = source.number();
        }
        return new SumPacket(values);
    }
}
