package org.demur.training;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.demur.sae.train.Collective;

/**
 * Sends packets in pieces, straight from their arrays: a piece is its length in four bytes and so many bytes of little-endian
 * numbers, of which none is cut. A packet without content is one empty piece.
 */
final class OutgoingPacket implements Collective.PacketSink {
    /** Most bytes of a piece, and all the memory that sending takes. */
    static final int PIECE_BYTES = 1 << 18;

    private final ByteBuffer piece =
            ByteBuffer.allocate(Integer.BYTES + PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private OutputStream wire = OutputStream.nullOutputStream();
    private boolean begun;

    /** Sends a packet. */
    void send(Collective.Packet packet, OutputStream to) throws IOException {
        wire = to;
        begun = false;
        piece.clear().position(Integer.BYTES);
        try {
            packet.write(this);
            if (!begun || piece.position() > Integer.BYTES) {
                ship();
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        to.flush();
    }

    @Override
    public void floats(float[] values, int at, int count) {
        int done = 0;
        while (done < count) {
            int part = Math.min(count - done, room(Float.BYTES));
            piece.asFloatBuffer().put(values, at + done, part);
            done += advance(part, Float.BYTES);
        }
    }

    @Override
    public void ints(int[] values, int count) {
        int done = 0;
        while (done < count) {
            int part = Math.min(count - done, room(Integer.BYTES));
            piece.asIntBuffer().put(values, done, part);
            done += advance(part, Integer.BYTES);
        }
    }

    @Override
    public void shorts(short[] values) {
        int done = 0;
        while (done < values.length) {
            int part = Math.min(values.length - done, room(Short.BYTES));
            piece.asShortBuffer().put(values, done, part);
            done += advance(part, Short.BYTES);
        }
    }

    @Override
    public void number(double value) {
        room(Double.BYTES);
        piece.putDouble(value);
    }

    /** How many elements the piece takes; at least one, because a full piece is sent off. */
    private int room(int element_bytes) {
        if (piece.remaining() < element_bytes) {
            ship();
        }
        return piece.remaining() / element_bytes;
    }

    private int advance(int elements, int element_bytes) {
        piece.position(piece.position() + elements * element_bytes);
        return elements;
    }

    private void ship() {
        begun = true;
        piece.putInt(0, piece.position() - Integer.BYTES);
        try {
            wire.write(piece.array(), 0, piece.position());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        piece.clear().position(Integer.BYTES);
    }
}
