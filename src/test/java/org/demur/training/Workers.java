package org.demur.training;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.demur.sae.train.Collective;

/** Workers of one training run as threads of the test. */
final class Workers {
    private Workers() {}

    /** What a worker does. */
    @FunctionalInterface
    interface Work<T> {
        T run(Collective worker) throws Exception;
    }

    /** Workers that pass packets by reference. */
    static List<Collective> local(String name, int size) {
        return IntStream.range(0, size)
                .<Collective>mapToObj(rank -> LocalCollective.join(name, rank, size))
                .toList();
    }

    /** Workers that send packets over the loopback interface. */
    static List<Collective> sockets(int size) throws Exception {
        List<SocketCollective.Listener> listeners = IntStream.range(0, size)
                .mapToObj(rank -> new SocketCollective.Listener("127.0.0.1"))
                .toList();
        List<String> addresses =
                listeners.stream().map(SocketCollective.Listener::address).toList();
        ExecutorService pool = Executors.newFixedThreadPool(size);
        List<Future<Collective>> joining = new ArrayList<>();
        for (int rank = 0; rank < size; rank++) {
            int mine = rank;
            joining.add(pool.submit(() -> SocketCollective.connect(listeners.get(mine), mine, addresses)));
        }
        List<Collective> workers = new ArrayList<>();
        for (Future<Collective> each : joining) {
            workers.add(each.get());
        }
        pool.shutdown();
        return workers;
    }

    /** Has all of them work at the same time and leave; answers in rank order. */
    static <T> List<T> all(List<Collective> workers, Work<T> work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(workers.size());
        List<Future<T>> working = new ArrayList<>();
        for (Collective worker : workers) {
            working.add(pool.submit(() -> {
                try (worker) {
                    return work.run(worker);
                }
            }));
        }
        List<T> results = new ArrayList<>();
        for (Future<T> each : working) {
            results.add(each.get());
        }
        pool.shutdown();
        return results;
    }
}
