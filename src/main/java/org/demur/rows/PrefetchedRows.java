package org.demur.rows;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Draws minibatches on a thread of its own, two ahead of the caller. The thread is never interrupted, because that would close
 * the scratch file for all views; when the rows are closed it stops before the next row.
 */
final class PrefetchedRows implements TrainingRows {
    private static final int AHEAD = 2;
    private static final int NOT_BEGUN = -1;
    private static final double NS_PER_S = 1e9;
    private static final int LONGEST_READ_S = 60;

    private final OpenRows open;
    private final List<ShardStream> streams;
    private final MixingMeter meter;
    private final MixingMeans mixing = new MixingMeans();
    private final ExecutorService thread;
    private final Deque<Future<Minibatch>> ahead = new ArrayDeque<>();
    private final Deque<short[][]> spare = new ArrayDeque<>();
    private volatile boolean closed;
    private int next = NOT_BEGUN;
    private long waited_ns;

    private PrefetchedRows(OpenRows open) {
        this.open = open;
        this.streams =
                IntStream.range(0, open.pieces().size()).mapToObj(open::stream).toList();
        List<Piece> pieces = open.pieces().stream().flatMap(List::stream).toList();
        this.meter = new MixingMeter(open.index(), pieces, open.plan().shardBatchRows() * streams.size());
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread created = new Thread(task, "demur-rows");
            created.setDaemon(true);
            return created;
        });
    }

    static TrainingRows open(RowRequest request, Path scratch) {
        OpenRows open = OpenRows.of(request, scratch);
        try {
            return new PrefetchedRows(open);
        } catch (RuntimeException e) {
            open.close();
            throw e;
        }
    }

    @Override
    public RowFacts facts() {
        return open.index().facts(open.plan().steps());
    }

    @Override
    public RowSample sample() {
        return open.sample();
    }

    @Override
    public void load(int step, List<? extends RowSink> shards) {
        requireFit(shards);
        if (next == NOT_BEGUN) {
            next = step;
            drawAhead(() -> streams.forEach(stream -> stream.seek(open.plan().position(step))));
        }
        if (step != next - ahead.size() || step >= open.plan().steps()) {
            throw new IllegalArgumentException("Step " + step + " of "
                    + open.plan().steps() + " was asked for, step " + (next - ahead.size()) + " is next");
        }
        Minibatch batch = await(ahead.remove());
        batch.copyTo(shards, open.format());
        mixing.add(batch.mixing());
        spare.add(batch.words_SBW());
        drawAhead(() -> {});
    }

    private void requireFit(List<? extends RowSink> shards) {
        int rows = open.plan().shardBatchRows();
        int width = open.format().width();
        if (shards.size() != streams.size()
                || shards.stream().anyMatch(sink -> sink.rows() != rows || sink.width() != width)) {
            throw new IllegalArgumentException(
                    "Needed are " + streams.size() + " sinks of " + rows + " rows of width " + width);
        }
    }

    private void drawAhead(Runnable first) {
        Runnable before = first;
        while (ahead.size() < AHEAD && next < open.plan().steps()) {
            int step = next++;
            Runnable position = before;
            before = () -> {};
            short[][] words_SBW = spare.isEmpty()
                    ? new short[streams.size()]
                            [open.plan().shardBatchRows() * open.format().words()]
                    : spare.remove();
            ahead.add(thread.submit(() -> {
                position.run();
                return draw(step, words_SBW);
            }));
        }
    }

    private Minibatch draw(int step, short[][] words_SBW) {
        int rows = open.plan().shardBatchRows();
        int[] ranks = new int[words_SBW.length * rows];
        for (int shard = 0; shard < words_SBW.length; shard++) {
            for (int row = 0; row < rows; row++) {
                if (closed) {
                    throw new CancellationException("The training rows were closed");
                }
                ranks[shard * rows + row] = streams.get(shard)
                        .take(words_SBW[shard], row * open.format().words());
            }
        }
        return new Minibatch(step, words_SBW, meter.measure(ranks));
    }

    private Minibatch await(Future<Minibatch> batch) {
        long start_ns = System.nanoTime();
        try {
            return batch.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException("Reading training rows ahead failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("Interrupted while waiting for training rows");
        } finally {
            waited_ns += System.nanoTime() - start_ns;
        }
    }

    @Override
    public double wait_s() {
        return waited_ns / NS_PER_S;
    }

    @Override
    public MixingFigures mixing() {
        return mixing.figures();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        thread.shutdown();
        try {
            // Only then does nothing read from the store any more.
            thread.awaitTermination(LONGEST_READ_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.close();
        }
    }
}
