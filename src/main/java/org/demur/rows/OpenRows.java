package org.demur.rows;

import java.nio.file.Path;
import java.util.List;

/**
 * The vectors that a worker has opened. Views of one process that want the same rows share index, sample and store; the last
 * one to close frees them.
 */
final class OpenRows implements AutoCloseable {
    private static final Shared<RowInput, RowIndex> INDEXES = new Shared<>(index -> {});
    private static final Shared<Key, Loaded> STORES = new Shared<>(Loaded::close);

    private final RowRequest request;
    private final LayerRows rows;
    private final MinibatchPlan plan;
    private final List<List<Piece>> pieces;
    private final Key key;
    private final Loaded loaded;

    /** What makes two stores equal; the seed only where the store knows nothing but its own pieces. */
    private record Key(RowInput input, RankRanges owned, RowFormat format, RowStorage.Place place, long seed) {}

    private record Loaded(RowSample sample, RowStore store) {
        void close() {
            store.close();
        }
    }

    private OpenRows(RowRequest request, RowIndex index, Path scratch) {
        RowRequest.Batches batches = request.batches();
        this.request = request;
        this.rows = new LayerRows(
                request.input(),
                index,
                new RowFormat(request.input().width(), request.storage().dtype()));
        this.plan = new MinibatchPlan(index.rows(), batches.shards(), batches.rows(), batches.epochs());
        this.pieces = ShardPieces.of(index, plan, request.seed())
                .subList(request.shards().first(), request.shards().end());
        boolean all = pieces.size() == batches.shards();
        RankRanges owned = all
                ? RankRanges.all(index.rows())
                : RankRanges.of(pieces.stream().flatMap(List::stream));
        boolean generated = request.input().corpus().origin() instanceof RowOrigin.Generated;
        this.key = new Key(request.input(), owned, rows.format(), place(), generated ? request.seed() : 0);
        this.loaded = STORES.acquire(key, () -> load(owned, scratch));
    }

    /** Reads the index and the vectors, unless another view has. */
    static OpenRows of(RowRequest request, Path scratch) {
        RowIndex index = INDEXES.acquire(request.input(), () -> IndexScan.of(request.input()));
        try {
            return new OpenRows(request, index, scratch);
        } catch (RuntimeException e) {
            INDEXES.release(request.input());
            throw e;
        }
    }

    /** Number of stores that this process holds open. */
    static int openStores() {
        return STORES.size();
    }

    private RowStorage.Place place() {
        return request.storage().onHeap(rows.format(), rows.index().rows())
                ? RowStorage.Place.HEAP
                : RowStorage.Place.SPILL;
    }

    private Loaded load(RankRanges owned, Path scratch) {
        if (request.input().corpus().origin() instanceof RowOrigin.Generated generated) {
            List<Piece> read = pieces.stream().flatMap(List::stream).toList();
            return new Loaded(sample(RankRanges.NONE, (place, words) -> {}), ModelRows.of(rows, generated, read));
        }
        if (key.place() == RowStorage.Place.HEAP) {
            HeapRows heap = new HeapRows(owned, rows.format());
            return new Loaded(sample(owned, heap), heap);
        }
        SpillFile file = new SpillFile(owned, rows.format(), scratch);
        try {
            RowSample sample = sample(owned, file);
            file.flush();
            return new Loaded(sample, file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private RowSample sample(RankRanges owned, RowReceiver receiver) {
        return VectorScan.read(
                request.input().files(), rows.index(), rows.format(), new VectorScan.Wanted(owned, receiver));
    }

    /** The minibatches. */
    MinibatchPlan plan() {
        return plan;
    }

    /** The numbers of the rows. */
    RowIndex index() {
        return rows.index();
    }

    /** How rows are kept. */
    RowFormat format() {
        return rows.format();
    }

    /** The pieces of every shard of the worker. */
    List<List<Piece>> pieces() {
        return pieces;
    }

    /** The sample. */
    RowSample sample() {
        return loaded.sample();
    }

    /** A stream of the {@code i}-th shard of the worker, with a window of its own. */
    ShardStream stream(int i) {
        int slots = request.storage().shardWindow(rows.format(), plan.shardRows(), plan.shards());
        long seed = PassSeed.ofShard(request.seed(), request.shards().first() + i);
        WindowOrder order =
                new WindowOrder(seed, plan.shardRows(), slots, request.batches().epochs());
        return new ShardStream(pieces.get(i), seed, order, RowWindow.on(loaded.store(), rows.format(), slots));
    }

    @Override
    public void close() {
        STORES.release(key);
        INDEXES.release(request.input());
    }
}
