package org.demur.training;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.demur.sae.train.Collective;

/** A packet as little-endian bytes, in a buffer that grows and is used again for the next packet. */
final class OutgoingPacket implements Collective.PacketSink {
    private static final int FIRST_BYTES = 1 << 20;

    private ByteBuffer bytes = ByteBuffer.allocate(FIRST_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    /** The bytes of one packet; they hold until the next call. */
    ByteBuffer fill(Collective.Packet packet) {
        bytes.clear();
        packet.write(this);
        return bytes.flip();
    }

    @Override
    public void floats(float[] values, int at, int count) {
        reserve((long) count * Float.BYTES).asFloatBuffer().put(values, at, count);
        bytes.position(bytes.position() + count * Float.BYTES);
    }

    @Override
    public void ints(int[] values, int count) {
        reserve((long) count * Integer.BYTES).asIntBuffer().put(values, 0, count);
        bytes.position(bytes.position() + count * Integer.BYTES);
    }

    @Override
    public void shorts(short[] values) {
        reserve((long) values.length * Short.BYTES).asShortBuffer().put(values);
        bytes.position(bytes.position() + values.length * Short.BYTES);
    }

    @Override
    public void number(double value) {
        reserve(Double.BYTES).putDouble(value);
    }

    private ByteBuffer reserve(long more) {
        if (bytes.remaining() < more) {
            int capacity = Math.toIntExact(Math.max(2L * bytes.capacity(), bytes.position() + more));
            bytes = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).put(bytes.flip());
        }
        return bytes;
    }
}
