package org.demur.rows;

import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/** Minibatches drawn ahead of the caller. */
final class PrefetchedRows implements TrainingRows {
    private final OpenRows open;
    private final int batchRows;
    private final List<ShardStream> streams;
    private final MixingMeter meter;
    private final MixingMeans mixing = new MixingMeans();
    private final Queue<short[][]> spare = new ConcurrentLinkedQueue<>();
    private final ReadAhead<Minibatch> ahead;
    private boolean positioned;
    private volatile boolean closed;

    private PrefetchedRows(OpenRows open) {
        this.open = open;
        this.batchRows = open.plan().shardBatchRows();
        this.streams =
                IntStream.range(0, open.pieces().size()).mapToObj(open::stream).toList();
        List<Piece> pieces = open.pieces().stream().flatMap(List::stream).toList();
        this.meter = new MixingMeter(open.index(), pieces, batchRows * streams.size());
        this.ahead = new ReadAhead<>(this::draw, open.plan().steps());
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
        int width = open.format().width();
        if (shards.size() != streams.size()
                || shards.stream().anyMatch(sink -> sink.rows() != batchRows || sink.width() != width)) {
            throw new IllegalArgumentException(
                    "Needed are " + streams.size() + " sinks of " + batchRows + " rows of width " + width);
        }
        Minibatch batch = ahead.take(step);
        batch.copyTo(shards, open.format());
        mixing.add(batch.mixing());
        spare.add(batch.words_SBW());
    }

    /** Runs on the thread that reads ahead, in the order of the steps. */
    private Minibatch draw(int step) {
        if (!positioned) {
            streams.forEach(stream -> stream.seek(open.plan().position(step)));
            positioned = true;
        }
        int words = open.format().words();
        short[][] used = spare.poll();
        short[][] words_SBW = used == null ? new short[streams.size()][batchRows * words] : used;
        int[] ranks = new int[streams.size() * batchRows];
        for (int shard = 0; shard < streams.size(); shard++) {
            for (int row = 0; row < batchRows; row++) {
                if (closed) {
                    throw new CancellationException("The training rows were closed");
                }
                ranks[shard * batchRows + row] = streams.get(shard).take(words_SBW[shard], row * words);
            }
        }
        return new Minibatch(words_SBW, meter.measure(ranks));
    }

    @Override
    public double wait_s() {
        return ahead.wait_s();
    }

    @Override
    public MixingFigures mixing() {
        return mixing.figures();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            // Nothing may read from the store once it is given back.
            ahead.close();
            open.close();
        }
    }
}
