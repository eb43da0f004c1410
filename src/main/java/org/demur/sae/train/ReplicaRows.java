package org.demur.sae.train;

import java.util.List;
import org.demur.sae.RowKernels;

/**
 * Some features of the replicas of one worker: weights, and those states of the optimiser that are iterates. Of every replica
 * the encoder rows come first, then the decoder rows, the scalars, and the iterates.
 */
sealed interface ReplicaRows extends Collective.Packet {
    /** Number of replicas. */
    int replicas();

    /** Adds a replica's row of a feature: encoder, decoder, scalars, then the same of every iterate. */
    void addTo(float[] sum, int replica, int feature);

    /**
     * Rows where training has them.
     *
     * @param models replicas in shard order
     * @param range features
     */
    record Live(List<TrainingStep.Model> models, Range range) implements ReplicaRows {
        @Override
        public int replicas() {
            return models.size();
        }

        @Override
        public void addTo(float[] sum, int replica, int feature) {
            TrainingStep.Model model = models.get(replica);
            TrainingWeights weights = model.weights();
            SaeShape shape = weights.shape();
            RowMatrix w_enc = weights.w_enc();
            RowMatrix w_dec = weights.w_dec();
            RowKernels.addScaled(sum, 0, 1, w_enc.array(feature), w_enc.at(feature), shape.input());
            RowKernels.addScaled(sum, shape.input(), 1, w_dec.array(feature), w_dec.at(feature), shape.output());
            for (int s = 0; s < shape.scalars(); s++) {
                sum[shape.input() + shape.output() + s] += weights.scalar(s)[feature];
            }
            int length = shape.rowLength();
            for (int i = 0; i < model.state().optimiser().iterates(); i++) {
                float[] iterate = model.state().arrays(feature)[i];
                RowKernels.addScaled(
                        sum, (1 + i) * length, 1, iterate, model.state().at(feature), length);
            }
        }

        @Override
        public void write(Collective.PacketSink sink) {
            sink.number(models.size());
            for (TrainingStep.Model model : models) {
                TrainingWeights weights = model.weights();
                weights.w_enc().pieces(range.from(), range.to(), sink::floats);
                weights.w_dec().pieces(range.from(), range.to(), sink::floats);
                for (int s = 0; s < weights.shape().scalars(); s++) {
                    sink.floats(weights.scalar(s), range.from(), range.count());
                }
                for (int i = 0; i < model.state().optimiser().iterates(); i++) {
                    for (int j = range.from(); j < range.to(); j++) {
                        sink.floats(
                                model.state().arrays(j)[i],
                                model.state().at(j),
                                weights.shape().rowLength());
                    }
                }
            }
        }
    }

    /**
     * Rows that came over a wire.
     *
     * @param rows of all replicas, one after another
     * @param replicas their number
     * @param shape of the dictionary
     * @param range features
     * @param iterates states that are iterates
     */
    record Received(float[] rows, int replicas, SaeShape shape, Range range, int iterates) implements ReplicaRows {
        /** Reads into a buffer that has room for them. */
        static Received read(Collective.PacketSource source, float[] rows, TrainingStep.Model like, Range range) {
            SaeShape shape = like.weights().shape();
            int iterates = like.state().optimiser().iterates();
            int replicas = (int) source.number();
            Received received = new Received(rows, replicas, shape, range, iterates);
            source.floats(rows, 0, replicas * received.replicaLength());
            return received;
        }

        private int replicaLength() {
            return range.count() * shape.rowLength() * (1 + iterates);
        }

        @Override
        public void addTo(float[] sum, int replica, int feature) {
            int start = replica * replicaLength();
            int row = feature - range.from();
            int input = shape.input();
            int output = shape.output();
            RowKernels.addScaled(sum, 0, 1, rows, start + row * input, input);
            int decoders = start + range.count() * input;
            RowKernels.addScaled(sum, input, 1, rows, decoders + row * output, output);
            int scalars = decoders + range.count() * output;
            for (int s = 0; s < shape.scalars(); s++) {
                sum[input + output + s] += rows[scalars + s * range.count() + row];
            }
            int length = shape.rowLength();
            for (int i = 1; i <= iterates; i++) {
                RowKernels.addScaled(sum, i * length, 1, rows, start + (i * range.count() + row) * length, length);
            }
        }

        @Override
        public void write(Collective.PacketSink sink) {
            throw new IllegalStateException("Rows that were received are not sent on");
        }
    }

    /** Features {@code from..to-1}. */
    record Range(int from, int to) {
        int count() {
            return to - from;
        }
    }
}
