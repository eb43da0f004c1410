package org.demur.evaluation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.TestSpark;
import org.demur.edit.HookPoint;
import org.demur.sae.HeldOutPrompts;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.schema.Table;
import org.demur.table.RunId;
import org.demur.table.Warehouse;

/** Untrained dictionaries of random directions, published as the train stage would. */
final class RandomDictionaries {
    static final RunId RUN = RunId.of("{\"random dictionaries\":1}");
    static final HeldOutPrompts HELD_OUT = new HeldOutPrompts(11, 0.5);
    static final List<String> EXCLUDED = List.of("bos", "pad", "system");
    static final int FEATURES = 200;
    static final int K = 6;

    private RandomDictionaries() {}

    static Sae make(int layer, int d) {
        Random random = new Random(layer);
        float[] w_enc_FD = new float[FEATURES * d];
        float[] w_dec_FD = new float[FEATURES * d];
        for (int i = 0; i < w_enc_FD.length; i++) {
            w_dec_FD[i] = (float) (random.nextGaussian() / Math.sqrt(d));
            w_enc_FD[i] = w_dec_FD[i] + (float) (0.3 * random.nextGaussian() / Math.sqrt(d));
        }
        SaeFacts facts = new SaeFacts(HookPoint.residPost(layer), K, 0);
        return new Sae(facts, w_enc_FD, new float[FEATURES], w_dec_FD, new float[d]);
    }

    static void publish(Warehouse warehouse, List<Integer> layers, int d) {
        Path staged = warehouse.stageFiles("saes", RUN);
        Map<String, String> provenance = Map.of(
                "held_out_seed", Long.toString(HELD_OUT.seed()),
                "held_out_fraction", Double.toString(HELD_OUT.fraction()),
                "excluded_classes", String.join(",", EXCLUDED),
                "largest_norm", "1e9");
        try {
            for (int layer : layers) {
                make(layer, d).write(Files.createDirectories(staged.resolve("layer=" + layer)), provenance);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        warehouse.publishFiles("saes", RUN, staged);
        List<Row> curve = layers.stream()
                .map(layer -> RowFactory.create(
                        layer, 1, 0, 1L, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, "layer=" + layer, null, null, null))
                .toList();
        warehouse.publish(
                Table.SAE_TRAINING, RUN, TestSpark.session().createDataFrame(curve, Table.SAE_TRAINING.schema()));
    }
}
