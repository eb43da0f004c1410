package org.demur.sae.train;

import java.util.List;
import java.util.function.IntFunction;

/**
 * The workers of one training run. Every call is collective: each worker makes the same calls in the same order, and a call
 * returns when every worker has made it.
 */
public interface Collective extends AutoCloseable {
    /** What a worker sends. */
    interface Packet {
        /** Appends the packet. */
        void write(PacketSink sink);
    }

    /** Rebuilds a packet of worker {@code rank} that came over a wire. */
    @FunctionalInterface
    interface PacketReader<P extends Packet> {
        /** Reads what {@link Packet#write} wrote. */
        P read(int rank, PacketSource source);
    }

    /** Where packets are written. */
    interface PacketSink {
        /** Appends {@code count} floats from {@code at}. */
        void floats(float[] values, int at, int count);

        /** Appends the first {@code count} integers. */
        void ints(int[] values, int count);

        /** Appends shorts. */
        void shorts(short[] values);

        /** Appends one number. */
        void number(double value);
    }

    /** Where packets are read from, in the order written. */
    interface PacketSource {
        /** Reads {@code count} floats to {@code at}. */
        void floats(float[] target, int at, int count);

        /** Reads the first {@code count} integers. */
        void ints(int[] target, int count);

        /** Fills the array. */
        void shorts(short[] target);

        /** Reads one number. */
        double number();
    }

    /** This worker's number, from 0. */
    int rank();

    /** Number of workers. */
    int size();

    /**
     * What every worker has for this one, in rank order; within one JVM the very objects, not to be changed before the next call
     * returns. Packets that come over a wire are read in any order.
     *
     * @param packets this worker's packet for the worker of a rank, itself included
     */
    <P extends Packet> List<P> exchange(IntFunction<P> packets, PacketReader<P> reader);

    /** Every worker's packet for all, in rank order, as {@link #exchange} has it. */
    default <P extends Packet> List<P> allGather(P mine, PacketReader<P> reader) {
        return exchange(rank -> mine, reader);
    }

    /** Returns when every worker has called it. */
    default void await() {
        allGather(new Signal(), (rank, source) -> new Signal());
    }

    /** A packet without content. */
    record Signal() implements Packet {
        @Override
        public void write(PacketSink sink) {
            // Its arrival is all that matters.
        }
    }

    @Override
    void close();

    /** The only worker of a run. */
    static Collective alone() {
        return new Collective() {
            @Override
            public int rank() {
                return 0;
            }

            @Override
            public int size() {
                return 1;
            }

            @Override
            public <P extends Packet> List<P> exchange(IntFunction<P> packets, PacketReader<P> reader) {
                return List.of(packets.apply(0));
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }
}
