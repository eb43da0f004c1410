package org.demur.training;

import java.nio.ByteBuffer;
import org.demur.sae.train.Collective;

/**
 * A packet that came over a wire.
 *
 * @param bytes its bytes, little-endian, from position to limit
 */
record IncomingPacket(ByteBuffer bytes) implements Collective.PacketSource {
    @Override
    public void floats(float[] target, int at, int count) {
        bytes.asFloatBuffer().get(target, at, count);
        bytes.position(bytes.position() + count * Float.BYTES);
    }

    @Override
    public void ints(int[] target) {
        bytes.asIntBuffer().get(target);
        bytes.position(bytes.position() + target.length * Integer.BYTES);
    }

    @Override
    public void shorts(short[] target) {
        bytes.asShortBuffer().get(target);
        bytes.position(bytes.position() + target.length * Short.BYTES);
    }

    @Override
    public double number() {
        return bytes.getDouble();
    }
}
