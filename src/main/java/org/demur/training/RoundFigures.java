package org.demur.training;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.demur.sae.train.Collective;
import org.demur.sae.train.TrainingStep;

/**
 * The figures of a round, step by step of every replica of a worker.
 *
 * @param replicas figures of every replica in shard order, all of the same number of steps
 */
record RoundFigures(List<List<TrainingStep.Outcome>> replicas) implements Collective.Packet {
    @Override
    public void write(Collective.PacketSink sink) {
        sink.number(replicas.size());
        sink.number(replicas.get(0).size());
        for (List<TrainingStep.Outcome> steps : replicas) {
            for (TrainingStep.Outcome step : steps) {
                sink.number(step.rows());
                sink.number(step.squaredError());
                sink.number(step.l0());
                sink.number(step.losses().reconstruction());
                sink.number(step.losses().second());
                sink.number(step.losses().sparsity());
                sink.number(step.losses().auxiliary());
                sink.number(step.smallest());
                sink.number(step.deadFraction());
            }
        }
    }

    static RoundFigures read(Collective.PacketSource source) {
        int replicas = (int) source.number();
        int steps = (int) source.number();
        List<List<TrainingStep.Outcome>> all = new ArrayList<>();
        for (int replica = 0; replica < replicas; replica++) {
            List<TrainingStep.Outcome> own = new ArrayList<>();
            for (int step = 0; step < steps; step++) {
                own.add(outcome(source));
            }
            all.add(own);
        }
        return new RoundFigures(all);
    }

    private static TrainingStep.Outcome outcome(Collective.PacketSource source) {
        long rows = (long) source.number();
        double squaredError = source.number();
        double l0 = source.number();
        var losses = new TrainingStep.Losses(source.number(), source.number(), source.number(), source.number());
        return new TrainingStep.Outcome(rows, squaredError, l0, losses, source.number(), source.number());
    }

    /** The figures of every step over all replicas: rows are summed and everything else averaged, in shard order. */
    static List<TrainingStep.Outcome> overShards(List<RoundFigures> workers) {
        List<List<TrainingStep.Outcome>> shards =
                workers.stream().flatMap(worker -> worker.replicas().stream()).toList();
        return IntStream.range(0, shards.get(0).size())
                .mapToObj(step -> mean(shards.stream().map(own -> own.get(step)).toList()))
                .toList();
    }

    private static TrainingStep.Outcome mean(List<TrainingStep.Outcome> shards) {
        long rows = 0;
        double[] sums = new double[8];
        for (TrainingStep.Outcome shard : shards) {
            rows += shard.rows();
            sums[0] += shard.squaredError();
            sums[1] += shard.l0();
            sums[2] += shard.losses().reconstruction();
            sums[3] += shard.losses().second();
            sums[4] += shard.losses().sparsity();
            sums[5] += shard.losses().auxiliary();
            sums[6] += shard.smallest();
            sums[7] += shard.deadFraction();
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] /= shards.size();
        }
        var losses = new TrainingStep.Losses(sums[2], sums[3], sums[4], sums[5]);
        return new TrainingStep.Outcome(rows, sums[0], sums[1], losses, sums[6], sums[7]);
    }
}
