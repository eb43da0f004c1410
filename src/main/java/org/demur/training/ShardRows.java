package org.demur.training;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.parquet.column.ColumnReader;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.sae.train.ShardBatch;
import org.demur.schema.VectorDtype;

/**
 * The activations of one worker's shards and of the common sample, as bfloat16 in memory: 2 bytes times width a
 * row. Vectors stored as f32 are rounded to bfloat16.
 */
final class ShardRows {
    private static final int BLOCK_ROWS = 4096;
    private static final List<String> COLUMNS = List.of("vector", "dtype");

    private final int width;
    private final short[][] blocks;
    private final int[] firstRow;
    private final int firstShard;

    private ShardRows(int width, int firstShard, int[] firstRow) {
        this.width = width;
        this.firstShard = firstShard;
        this.firstRow = firstRow;
        int rows = firstRow[firstRow.length - 1];
        this.blocks = new short[(rows + BLOCK_ROWS - 1) / BLOCK_ROWS][];
        for (int block = 0; block < blocks.length; block++) {
            blocks[block] = new short[Math.multiplyExact(Math.min(BLOCK_ROWS, rows - block * BLOCK_ROWS), width)];
        }
    }

    /** Reads the vectors of shards {@code firstShard..endShard-1}; {@code sample} receives the first rows of the hash order. */
    static ShardRows read(LayerSource source, RowIndex index, Range shards, MinibatchPlan plan, Sample sample) {
        int[] firstRow = new int[shards.end() - shards.first() + 1];
        for (int s = 0; s + 1 < firstRow.length; s++) {
            firstRow[s + 1] = firstRow[s] + plan.shardRows(shards.first() + s);
        }
        ShardRows rows = new ShardRows(source.width(), shards.first(), firstRow);
        int[] met = {0};
        for (String file : source.files()) {
            ColumnScan.rows(file, COLUMNS, values -> {
                int rank = index.rank(met[0]++);
                int shard = rank % plan.shards();
                boolean owned = rank >= 0 && shard >= shards.first() && shard < shards.end();
                if (owned || (rank >= 0 && rank < sample.rows())) {
                    short[] bits = bits(values, source);
                    if (owned) {
                        rows.store(firstRow[shard - shards.first()] + rank / plan.shards(), bits);
                    }
                    sample.offer(rank, bits);
                }
            });
        }
        return rows;
    }

    private static short[] bits(ColumnReader[] values, LayerSource source) {
        byte[] bytes = values[0].getBinary().getBytesUnsafe();
        VectorDtype dtype = VectorDtype.of(values[1].getBinary().toStringUsingUTF8());
        if (dtype == VectorDtype.F32) {
            float[] exact = dtype.decode(bytes);
            bytes = VectorDtype.BF16.encode(exact, 0, exact.length);
        }
        if (bytes.length != source.width() * Short.BYTES) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    "A vector of layer " + source.layer() + " has " + bytes.length + " bytes, expected "
                            + source.width() * Short.BYTES,
                    "the activations come from models of different widths, or a file is damaged",
                    "extract again");
        }
        short[] bits = new short[source.width()];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(bits);
        return bits;
    }

    private void store(int row, short[] bits) {
        System.arraycopy(bits, 0, blocks[row / BLOCK_ROWS], row % BLOCK_ROWS * width, width);
    }

    /** Copies rows {@code order[from..]} of a shard into a batch until it is full. */
    void load(int shard, int[] order, int from, ShardBatch batch) {
        int first = firstRow[shard - firstShard];
        for (int r = 0; r < batch.rows(); r++) {
            int row = first + order[from + r];
            System.arraycopy(blocks[row / BLOCK_ROWS], row % BLOCK_ROWS * width, batch.bits_BD(), r * width, width);
        }
    }

    /** Shards {@code first..end-1}. */
    record Range(int first, int end) {}

    /**
     * The first rows of the hash order, the same on every worker.
     *
     * @param rows number of rows
     * @param bits_ND their bfloat16 bits
     */
    record Sample(int rows, short[] bits_ND) {
        static Sample of(int rows, int width) {
            return new Sample(rows, new short[Math.multiplyExact(rows, width)]);
        }

        void offer(int rank, short[] bits) {
            if (rank < rows) {
                System.arraycopy(bits, 0, bits_ND, rank * bits.length, bits.length);
            }
        }

        /** The sample times {@code scale}, [rows, width]. */
        float[] scaled(float scale) {
            float[] x = new float[bits_ND.length];
            for (int i = 0; i < x.length; i++) {
                x[i] = Float.intBitsToFloat(bits_ND[i] << 16) * scale;
            }
            return x;
        }
    }
}
