package org.demur.sae.train;

import java.util.ArrayList;
import java.util.List;
import org.demur.sae.SparseCodes;

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
            sink.shorts(batch.bits_BD());
            sink.floats(batch.slope_BD(), 0, batch.slope_BD().length);
            write(sink, batch.codes(), batch.slopes_BK());
            sink.floats(batch.slopeSum_D(), 0, batch.width());
            sink.number(batch.squaredError());
            sink.number(batch.auxiliaryLoss());
            sink.number(batch.auxiliary().codes().k());
            if (!batch.auxiliary().isEmpty()) {
                write(sink, batch.auxiliary().codes(), batch.auxiliary().slopes_BA());
                sink.floats(batch.auxiliary().slope_BD(), 0, batch.auxiliary().slope_BD().length);
            }
        }
    }

    private static void write(Collective.PacketSink sink, SparseCodes codes, float[] slopes) {
        sink.ints(codes.indices_BK());
        sink.floats(codes.values_BK(), 0, codes.values_BK().length);
        sink.floats(slopes, 0, slopes.length);
    }

    static TokenPacket read(Collective.PacketSource source, StepShape shape, float[] b_dec_D) {
        int shards = (int) source.number();
        List<ShardBatch> batches = new ArrayList<>();
        for (int s = 0; s < shards; s++) {
            ShardBatch batch = new ShardBatch(shape.shardRows(), b_dec_D.length, shape.k());
            source.shorts(batch.bits_BD());
            batch.centre(0, shape.shardRows(), shape.loss().inputScale(), b_dec_D);
            source.floats(batch.slope_BD(), 0, batch.slope_BD().length);
            read(source, batch.codes(), batch.slopes_BK());
            source.floats(batch.slopeSum_D(), 0, b_dec_D.length);
            batch.record(source.number(), source.number());
            batch.reserveAuxiliary((int) source.number());
            if (!batch.auxiliary().isEmpty()) {
                read(source, batch.auxiliary().codes(), batch.auxiliary().slopes_BA());
                source.floats(batch.auxiliary().slope_BD(), 0, batch.auxiliary().slope_BD().length);
            }
            batches.add(batch);
        }
        return new TokenPacket(batches);
    }

    private static void read(Collective.PacketSource source, SparseCodes codes, float[] slopes) {
        source.ints(codes.indices_BK());
        source.floats(codes.values_BK(), 0, codes.values_BK().length);
        source.floats(slopes, 0, slopes.length);
    }
}
