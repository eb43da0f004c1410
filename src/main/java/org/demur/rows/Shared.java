package org.demur.rows;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Values that several tasks of a process use at the same time: made by the first who asks, freed when the last one is done.
 *
 * @param <K> what identifies a value
 * @param <V> the value
 */
final class Shared<K, V> {
    private final Map<K, Entry<V>> entries = new HashMap<>();
    private final Consumer<V> close;

    /** Values that {@code close} frees. */
    Shared(Consumer<V> close) {
        this.close = close;
    }

    private static final class Entry<V> {
        private final FutureTask<V> made;
        private V value;
        private int users;

        Entry(Supplier<V> maker) {
            made = new FutureTask<>(maker::get);
        }
    }

    /** The value; whoever asks first makes it while others wait. Each success is to be followed by one {@link #release}. */
    V acquire(K key, Supplier<V> maker) {
        Entry<V> entry;
        synchronized (this) {
            entry = entries.computeIfAbsent(key, absent -> new Entry<>(maker));
            entry.users++;
        }
        boolean acquired = false;
        try {
            entry.made.run();
            V value = entry.made.get();
            synchronized (this) {
                entry.value = value;
            }
            acquired = true;
            return value;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException("Cannot open the training rows", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("Interrupted while another task opened the training rows");
        } finally {
            if (!acquired) {
                forget(key, entry);
            }
        }
    }

    /** Gives a value back. */
    synchronized void release(K key) {
        Entry<V> entry = entries.get(key);
        if (--entry.users == 0) {
            entries.remove(key);
            close.accept(entry.value);
        }
    }

    /** Number of values in use. */
    synchronized int size() {
        return entries.size();
    }

    private synchronized void forget(K key, Entry<V> entry) {
        if (--entry.users == 0) {
            entries.remove(key, entry);
        }
    }
}
