package org.demur.sae.train;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import org.demur.model.SafetensorsFile;

/** The tensors of a golden case of training under the names of its library. */
record GoldenTensors(SafetensorsFile file) {
    private static final Map<String, List<String>> NAMES = Map.of(
            "encoder", List.of("encoder.weight"),
            "decoder", List.of("W_dec"),
            "b_dec", List.of("b_dec", "bias", "decoder_bias"),
            "b_enc", List.of("b_enc", "encoder.bias"),
            "b_gate", List.of("b_gate", "gate_bias"),
            "b_mag", List.of("b_mag", "mag_bias"),
            "r_mag", List.of("r_mag"),
            "threshold", List.of("threshold"));

    boolean has(String name) {
        return file.names().contains(name);
    }

    float[] floats(String name) {
        int count = 1;
        for (long size : file.info(name).shape()) {
            count *= (int) size;
        }
        FloatBuffer values = FloatBuffer.allocate(count);
        file.readFloats(name, values);
        return values.array();
    }

    long[] longs(String name) {
        return file.readLongs(name);
    }

    float[] encoder(String prefix) {
        return has(prefix + "encoder.weight")
                ? floats(prefix + "encoder.weight")
                : transposed(floats(prefix + "W_enc"));
    }

    float[] decoder(String prefix) {
        return has(prefix + "W_dec") ? floats(prefix + "W_dec") : transposed(floats(prefix + "decoder.weight"));
    }

    float[] decoderBias(String prefix) {
        return scalar(prefix, "b_dec");
    }

    float[] scalar(String prefix, String kind) {
        String found = NAMES.get(kind).stream()
                .filter(name -> has(prefix + name))
                .findFirst()
                .orElseThrow();
        return floats(prefix + found);
    }

    void fill(TrainingWeights weights, Architecture architecture) {
        copy(encoder("param."), weights.w_enc());
        copy(decoder("param."), weights.w_dec());
        for (int s = 0; s < architecture.scalars().size(); s++) {
            float[] values = scalar("param.", architecture.scalars().get(s));
            System.arraycopy(values, 0, weights.scalar(s), 0, values.length);
        }
        System.arraycopy(decoderBias("param."), 0, weights.b_dec(), 0, TrainingGoldenTest.WIDTH);
        weights.mirror(0, TrainingGoldenTest.FEATURES);
    }

    void markDead(DeadLatents dead) {
        if (has("dead")) {
            long[] marks = longs("dead");
            System.arraycopy(marks, 0, dead.silentTokens_F(), 0, marks.length);
        }
    }

    private static void copy(float[] from, RowMatrix to) {
        for (int j = 0; j < TrainingGoldenTest.FEATURES; j++) {
            System.arraycopy(from, j * TrainingGoldenTest.WIDTH, to.array(j), to.at(j), TrainingGoldenTest.WIDTH);
        }
    }

    private static float[] transposed(float[] w_DF) {
        float[] w_FD = new float[w_DF.length];
        for (int i = 0; i < w_DF.length; i++) {
            w_FD[i % TrainingGoldenTest.FEATURES * TrainingGoldenTest.WIDTH + i / TrainingGoldenTest.FEATURES] =
                    w_DF[i];
        }
        return w_FD;
    }
}
