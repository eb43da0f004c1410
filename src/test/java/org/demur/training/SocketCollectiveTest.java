package org.demur.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.demur.sae.train.Collective;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketCollectiveTest {
    /** Numbers of every kind; the odd count of shorts leaves pieces that no float fills to the end. */
    private record Mixed(short[] shorts, float[] floats, int[] ints, double number) implements Collective.Packet {
        static Mixed of(int from, int to, int count) {
            short[] shorts = new short[count + 1];
            float[] floats = new float[count];
            int[] ints = new int[count];
            for (int i = 0; i < count; i++) {
                shorts[i] = (short) (i + from);
                floats[i] = i / (1f + to);
                ints[i] = i * (from + 1);
            }
            return new Mixed(shorts, floats, ints, from + 0.5 * to);
        }

        static Mixed read(Collective.PacketSource source, int count) {
            Mixed mixed = new Mixed(new short[count + 1], new float[count], new int[count], 0);
            source.shorts(mixed.shorts);
            source.floats(mixed.floats, 0, count);
            double number = source.number();
            source.ints(mixed.ints, count);
            return new Mixed(mixed.shorts, mixed.floats, mixed.ints, number);
        }

        @Override
        public void write(Collective.PacketSink sink) {
            sink.shorts(shorts);
            sink.floats(floats, 0, floats.length);
            sink.number(number);
            sink.ints(ints, ints.length);
        }

        boolean same(Mixed other) {
            return Arrays.equals(shorts, other.shorts)
                    && Arrays.equals(floats, other.floats)
                    && Arrays.equals(ints, other.ints)
                    && number == other.number;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 777, 300_001})
    void everyWorkerGetsWhatEachOtherMeantForIt(int count) throws Exception {
        List<List<Mixed>> received = Workers.all(Workers.sockets(4), worker -> {
            worker.await();
            List<Mixed> packets = worker.exchange(
                    to -> Mixed.of(worker.rank(), to, count), (rank, source) -> Mixed.read(source, count));
            worker.await();
            return packets;
        });
        for (int to = 0; to < 4; to++) {
            for (int from = 0; from < 4; from++) {
                assertThat(received.get(to).get(from).same(Mixed.of(from, to, count)))
                        .as("from %d to %d", from, to)
                        .isTrue();
            }
        }
    }

    /** Rows that all workers hold, of which each sends its own and reads the others straight into place. */
    private record Rows(float[] all, int workers, int rank) implements Collective.Packet {
        @Override
        public void write(Collective.PacketSink sink) {
            sink.floats(all, start(rank), start(rank + 1) - start(rank));
        }

        int start(int worker) {
            return all.length / workers * worker;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void transportTakesTwoPiecesOfMemoryHoweverLargeThePackets(int size) throws Exception {
        int rounds = 3;
        List<Long> allocated_bytes = Workers.all(Workers.sockets(size), worker -> {
            float[] all = new float[4 << 20];
            worker.await();
            long before = allocated_bytes();
            for (int round = 0; round < rounds; round++) {
                worker.allGather(new Rows(all, size, worker.rank()), (rank, source) -> {
                    Rows rows = new Rows(all, size, rank);
                    source.floats(all, rows.start(rank), rows.start(rank + 1) - rows.start(rank));
                    return rows;
                });
            }
            return allocated_bytes() - before;
        });
        // Other threads of the process allocate a little; a copy of any worker's packets would be megabytes.
        assertThat(allocated_bytes).allSatisfy(bytes -> assertThat(bytes).isLessThan(1 << 20));
    }

    private static long allocated_bytes() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    @Test
    void aWorkerThatLeavesTakesTheOthersWithIt() throws Exception {
        List<Collective> workers = Workers.sockets(3);
        workers.get(1).close();
        assertThatThrownBy(() ->
                        Workers.all(IntStream.of(0, 2).mapToObj(workers::get).toList(), worker -> {
                            worker.await();
                            return 0;
                        }))
                .hasStackTraceContaining("Another worker of this training run has failed");
    }
}
