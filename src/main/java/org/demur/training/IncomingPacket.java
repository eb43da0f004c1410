package org.demur.training;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.demur.sae.train.Collective;

/** Receives what {@link OutgoingPacket} sends, piece by piece and straight into the arrays of the reader. */
final class IncomingPacket implements Collective.PacketSource {
    private final ByteBuffer piece =
            ByteBuffer.allocate(OutgoingPacket.PIECE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private DataInputStream wire = new DataInputStream(DataInputStream.nullInputStream());

    /** Reads the packet that comes next from a worker. */
    <P extends Collective.Packet> P receive(int rank, DataInputStream from, Collective.PacketReader<P> reader) {
        wire = from;
        next();
        P packet = reader.read(rank, this);
        if (piece.hasRemaining()) {
            throw new IllegalStateException(
                    "Worker " + rank + " sent " + piece.remaining() + " bytes more than were expected");
        }
        return packet;
    }

    @Override
    public void floats(float[] target, int at, int count) {
        int done = 0;
        while (done < count) {
            int part = Math.min(count - done, ready(Float.BYTES));
            piece.asFloatBuffer().get(target, at + done, part);
            done += advance(part, Float.BYTES);
        }
    }

    @Override
    public void ints(int[] target, int count) {
        int done = 0;
        while (done < count) {
            int part = Math.min(count - done, ready(Integer.BYTES));
            piece.asIntBuffer().get(target, done, part);
            done += advance(part, Integer.BYTES);
        }
    }

    @Override
    public void shorts(short[] target) {
        int done = 0;
        while (done < target.length) {
            int part = Math.min(target.length - done, ready(Short.BYTES));
            piece.asShortBuffer().get(target, done, part);
            done += advance(part, Short.BYTES);
        }
    }

    @Override
    public double number() {
        ready(Double.BYTES);
        return piece.getDouble();
    }

    /** How many elements the piece still holds; at least one. */
    private int ready(int element_bytes) {
        if (!piece.hasRemaining()) {
            next();
        }
        if (piece.remaining() < element_bytes) {
            throw new IllegalStateException("Another worker sent a packet of another form than was expected");
        }
        return piece.remaining() / element_bytes;
    }

    private int advance(int elements, int element_bytes) {
        piece.position(piece.position() + elements * element_bytes);
        return elements;
    }

    private void next() {
        try {
            int length = Integer.reverseBytes(wire.readInt());
            if (length < 0 || length > piece.capacity()) {
                throw new IOException("a piece of " + length + " bytes was announced");
            }
            wire.readFully(piece.array(), 0, length);
            piece.position(0).limit(length);
        } catch (IOException e) {
            throw new WorkerLostException(e);
        }
    }
}
