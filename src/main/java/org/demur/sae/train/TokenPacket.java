package org.demur.sae.train;

import java.util.List;

/**
 * The shards of one worker in one step. Over a wire go the stored activations in their 16 bits, the slopes and the codes;
 * the receiver centres the activations itself, to the same bits.
 *
 * @param batches shards in order
 */
record TokenPacket(List<ShardBatch> batches) implements Collective.Packet {
    @Override
    public void write(Collective.PacketSink sink) {
        sink.number(batches.size());
        for (ShardBatch batch : batches) {
            sink.shorts(batch.bits_BI());
            all(sink, batch.exact_BI());
            for (float[] slope_BO : batch.slopes_PBO()) {
                all(sink, slope_BO);
            }
            all(sink, batch.secondSlope_BO());
            sink.number(batch.auxiliarySlopes_PBO().length);
            for (float[] slope_BO : batch.auxiliarySlopes_PBO()) {
                all(sink, slope_BO);
            }
            all(sink, batch.biasSlope_O());
            for (CodeSets codes : batch.chunks()) {
                write(sink, codes.main());
                write(sink, codes.second());
                write(sink, codes.auxiliary());
            }
            write(sink, batch.loss());
        }
    }

    private static void all(Collective.PacketSink sink, float[] values) {
        sink.floats(values, 0, values.length);
    }

    private static void write(Collective.PacketSink sink, ChunkCodes codes) {
        sink.number(codes.rows());
        sink.number(codes.count());
        sink.ints(codes.starts_R(), codes.rows() + 1);
        sink.ints(codes.features(), codes.count());
        sink.floats(codes.values(), 0, codes.count());
        sink.floats(codes.slopes(), 0, codes.count());
        for (float[] extra : codes.extras()) {
            sink.floats(extra, 0, codes.count());
        }
    }

    private static void write(Collective.PacketSink sink, ShardLoss loss) {
        sink.number(loss.squaredError());
        sink.number(loss.reconstruction());
        sink.number(loss.second());
        sink.number(loss.sparsity());
        sink.number(loss.auxiliary());
        sink.number(loss.active());
        sink.number(loss.smallest());
    }

    /** Reads the shards into {@code into}, the batches of the same sender in the step before, as far as there are any. */
    static TokenPacket read(Collective.PacketSource source, ShardFrame frame, List<ShardBatch> into) {
        int shards = (int) source.number();
        while (into.size() < shards) {
            into.add(new ShardBatch(frame.rows(), frame.layout()));
        }
        for (ShardBatch batch : into) {
            source.shorts(batch.bits_BI());
            all(source, batch.exact_BI());
            batch.centre(0, frame.rows(), frame.inputScale(), frame.b_dec());
            for (float[] slope_BO : batch.slopes_PBO()) {
                all(source, slope_BO);
            }
            all(source, batch.secondSlope_BO());
            batch.reserveAuxiliary((int) source.number());
            for (float[] slope_BO : batch.auxiliarySlopes_PBO()) {
                all(source, slope_BO);
            }
            all(source, batch.biasSlope_O());
            for (CodeSets codes : batch.chunks()) {
                read(source, codes.main());
                read(source, codes.second());
                read(source, codes.auxiliary());
            }
            batch.record(readLoss(source));
        }
        return new TokenPacket(into);
    }

    /**
     * What a receiver knows about a shard's batch.
     *
     * @param rows of the batch
     * @param layout of the batch
     * @param inputScale factor from stored activations to the scaled space
     * @param b_dec decoder bias of the step
     */
    record ShardFrame(int rows, ShardBatch.Layout layout, float inputScale, float[] b_dec) {}

    private static void all(Collective.PacketSource source, float[] values) {
        source.floats(values, 0, values.length);
    }

    private static void read(Collective.PacketSource source, ChunkCodes codes) {
        int rows = (int) source.number();
        int count = (int) source.number();
        codes.begin(rows);
        codes.reserve(count);
        source.ints(codes.starts_R(), rows + 1);
        source.ints(codes.features(), count);
        source.floats(codes.values(), 0, count);
        source.floats(codes.slopes(), 0, count);
        for (float[] extra : codes.extras()) {
            source.floats(extra, 0, count);
        }
        codes.take(rows);
    }

    private static ShardLoss readLoss(Collective.PacketSource source) {
        return new ShardLoss(
                source.number(),
                source.number(),
                source.number(),
                source.number(),
                source.number(),
                (long) source.number(),
                source.number());
    }
}
