package org.demur.sae.train;

import java.util.Arrays;
import java.util.List;

/**
 * What a worker's replicas hold beside rows of features, as copies.
 *
 * @param biases_RO decoder bias of every replica, followed by its iterates
 * @param silentTokens_F least counters of silent latents over the replicas
 */
record ReplicaFacts(float[][] biases_RO, long[] silentTokens_F) implements Collective.Packet {
    static ReplicaFacts of(List<TrainingStep.Model> replicas) {
        float[][] biases = replicas.stream().map(ReplicaFacts::bias).toArray(float[][]::new);
        long[] silent = replicas.get(0).dead().silentTokens_F().clone();
        for (TrainingStep.Model replica : replicas) {
            Arrays.setAll(silent, j -> Math.min(silent[j], replica.dead().silentTokens_F()[j]));
        }
        return new ReplicaFacts(biases, silent);
    }

    private static float[] bias(TrainingStep.Model replica) {
        float[] b_dec = replica.weights().b_dec();
        int iterates = replica.state().optimiser().iterates();
        float[] bias = Arrays.copyOf(b_dec, b_dec.length * (1 + iterates));
        for (int i = 0; i < iterates; i++) {
            System.arraycopy(replica.b_decState()[i], 0, bias, (1 + i) * b_dec.length, b_dec.length);
        }
        return bias;
    }

    @Override
    public void write(Collective.PacketSink sink) {
        sink.number(biases_RO.length);
        for (float[] bias : biases_RO) {
            sink.floats(bias, 0, bias.length);
        }
        for (long tokens : silentTokens_F) {
            sink.number(tokens);
        }
    }

    static ReplicaFacts read(Collective.PacketSource source, int biasLength, int features) {
        float[][] biases = new float[(int) source.number()][biasLength];
        for (float[] bias : biases) {
            source.floats(bias, 0, biasLength);
        }
        long[] silent = new long[features];
        Arrays.setAll(silent, j -> (long) source.number());
        return new ReplicaFacts(biases, silent);
    }
}
