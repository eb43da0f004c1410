package org.demur.rows;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.demur.sae.RowHash;

/**
 * Deals the units to the shards: the units, ordered by a seeded hash, are laid end to end and cut into stretches of equally
 * many rows. A unit on a cut belongs to two shards in part; all others to one, so that a worker reads or generates only its own.
 */
final class ShardPieces {
    private ShardPieces() {}

    /** The pieces of every shard. */
    static List<List<Piece>> of(RowIndex index, MinibatchPlan plan, long seed) {
        List<List<Piece>> shards = new ArrayList<>();
        for (int shard = 0; shard < plan.shards(); shard++) {
            shards.add(new ArrayList<>());
        }
        long start = 0;
        for (int unit : hashed(index.units(), seed)) {
            int first = index.firstRow(unit);
            int rows = index.firstRow(unit + 1) - first;
            int done = 0;
            while (done < rows && start < (long) plan.shardRows() * plan.shards()) {
                int shard = (int) (start / plan.shardRows());
                long room = (shard + 1L) * plan.shardRows() - start;
                int taken = (int) Math.min(room, rows - done);
                shards.get(shard).add(new Piece(unit, first + done, first + done + taken));
                done += taken;
                start += taken;
            }
        }
        return shards;
    }

    private static int[] hashed(int units, long seed) {
        long[] hashes = new long[units];
        RowHash hash = new RowHash(seed);
        for (int unit = 0; unit < units; unit++) {
            hash.reset(seed);
            hash.add(unit);
            hashes[unit] = hash.value();
        }
        return IntStream.range(0, units)
                .boxed()
                .sorted(Comparator.comparingLong(unit -> hashes[unit]))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
