package org.demur.training;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.demur.sae.train.Collective;

/**
 * Workers that are threads of one JVM: packets pass by reference through a meeting point named by the run and attempt.
 *
 * <p>Two sets of places alternate, so a fast worker may leave its next packet while a slow one still reads the last; it can
 * not get two calls ahead.
 */
final class LocalCollective implements Collective {
    private static final ConcurrentMap<String, Meeting> MEETINGS = new ConcurrentHashMap<>();

    private final String name;
    private final int rank;
    private final Meeting meeting;

    private LocalCollective(String name, int rank, Meeting meeting) {
        this.name = name;
        this.rank = rank;
        this.meeting = meeting;
    }

    /** Joins the meeting of that name as worker {@code rank} of {@code size}. */
    static LocalCollective join(String name, int rank, int size) {
        return new LocalCollective(name, rank, MEETINGS.computeIfAbsent(name, absent -> new Meeting(size)));
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int size() {
        return meeting.size;
    }

    @Override
    public <P extends Packet> List<P> exchange(IntFunction<P> packets, PacketReader<P> reader) {
        Packet[] mine = IntStream.range(0, size()).mapToObj(packets).toArray(Packet[]::new);
        @SuppressWarnings("unchecked") // Every worker makes the same calls, so all packets of a round are of one type.
        List<P> forMe = (List<P>) meeting.exchange(rank, mine);
        return forMe;
    }

    @Override
    public void close() {
        meeting.leave();
        MEETINGS.remove(name, meeting);
    }

    private static final class Meeting {
        private final int size;
        private final Packet[][][] places;
        private int arrived;
        private long round;
        private boolean left;

        Meeting(int size) {
            this.size = size;
            this.places = new Packet[2][size][];
        }

        synchronized List<? extends Packet> exchange(int rank, Packet[] mine) {
            Packet[][] here = places[(int) (round % 2)];
            here[rank] = mine;
            arrived++;
            if (arrived == size) {
                arrived = 0;
                round++;
                notifyAll();
                return packets(here, rank);
            }
            long waitingFor = round + 1;
            while (round < waitingFor) {
                if (left) {
                    throw new WorkerLostException(null);
                }
                await();
            }
            return packets(here, rank);
        }

        private static List<? extends Packet> packets(Packet[][] here, int rank) {
            return Arrays.stream(here).map(sender -> sender[rank]).toList();
        }

        private void await() {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while waiting for other workers", e);
            }
        }

        synchronized void leave() {
            left = true;
            notifyAll();
        }
    }
}
