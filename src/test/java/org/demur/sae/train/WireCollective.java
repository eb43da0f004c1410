package org.demur.sae.train;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** Workers that are threads of a test and exchange packets as bytes, as if over a wire. */
final class WireCollective implements Collective {
    private final int rank;
    private final byte[][][] places;
    private final CyclicBarrier barrier;

    private WireCollective(int rank, byte[][][] places, CyclicBarrier barrier) {
        this.rank = rank;
        this.places = places;
        this.barrier = barrier;
    }

    static List<WireCollective> of(int size) {
        byte[][][] places = new byte[size][size][];
        CyclicBarrier barrier = new CyclicBarrier(size);
        return IntStream.range(0, size)
                .mapToObj(rank -> new WireCollective(rank, places, barrier))
                .toList();
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return places.length;
    }

    @Override
    public <P extends Packet> List<P> exchange(IntFunction<P> packets, PacketReader<P> reader) {
        for (int other = 0; other < size(); other++) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            packets.apply(other).write(new Sink(new DataOutputStream(bytes)));
            places[rank][other] = bytes.toByteArray();
        }
        await();
        List<P> received = new ArrayList<>();
        for (int other = 0; other < size(); other++) {
            Source source = new Source(new DataInputStream(new ByteArrayInputStream(places[other][rank])));
            received.add(other == rank ? packets.apply(rank) : reader.read(other, source));
        }
        await();
        return received;
    }

    @Override
    public void await() {
        try {
            barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException("Another worker has failed", e);
        }
    }

    @Override
    public void close() {
        barrier.reset();
    }

    @FunctionalInterface
    private interface Transfer {
        void run() throws IOException;
    }

    private static void transfer(Transfer transfer) {
        try {
            transfer.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Sink(DataOutputStream out) implements PacketSink {
        @Override
        public void floats(float[] values, int at, int count) {
            for (int i = at; i < at + count; i++) {
                float value = values[i];
                transfer(() -> out.writeFloat(value));
            }
        }

        @Override
        public void ints(int[] values, int count) {
            for (int i = 0; i < count; i++) {
                int value = values[i];
                transfer(() -> out.writeInt(value));
            }
        }

        @Override
        public void shorts(short[] values) {
            for (short value : values) {
                transfer(() -> out.writeShort(value));
            }
        }

        @Override
        public void number(double value) {
            transfer(() -> out.writeDouble(value));
        }
    }

    private record Source(DataInputStream in) implements PacketSource {
        @Override
        public void floats(float[] target, int at, int count) {
            for (int i = at; i < at + count; i++) {
                int place = i;
                transfer(() -> target[place] = in.readFloat());
            }
        }

        @Override
        public void ints(int[] target, int count) {
            for (int i = 0; i < count; i++) {
                int place = i;
                transfer(() -> target[place] = in.readInt());
            }
        }

        @Override
        public void shorts(short[] target) {
            for (int i = 0; i < target.length; i++) {
                int place = i;
                transfer(() -> target[place] = in.readShort());
            }
        }

        @Override
        public double number() {
            double[] value = new double[1];
            transfer(() -> value[0] = in.readDouble());
            return value[0];
        }
    }
}
