package org.demur;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.demur.cells.SelectedDirection;
import org.demur.edit.HookPoint;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.table.RunId;
import org.demur.table.Warehouse;

/**
 * Dictionaries for tests that need no training: feature 0 reads and writes the refusal direction, the others read random
 * directions and write them small, so that only feature 0 can matter.
 */
public final class HandMadeSaes {
    private static final int FEATURES = 48;

    private HandMadeSaes() {}

    /** Publishes one dictionary a layer under the run. */
    public static void publish(Warehouse warehouse, RunId run, SelectedDirection direction, List<Integer> layers) {
        Path staged = warehouse.stageFiles("saes", run);
        for (int layer : layers) {
            try {
                Path folder = Files.createDirectories(staged.resolve("layer=" + layer));
                make(layer, direction).write(folder, Map.of("made", "by hand"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        warehouse.publishFiles("saes", run, staged);
    }

    private static Sae make(int layer, SelectedDirection direction) {
        int d = direction.vector_D().length;
        float[] unit_D = SelectedDirection.unit(direction.vector_D());
        Random random = new Random(layer);
        float[] w_enc_FD = new float[FEATURES * d];
        float[] w_dec_FD = new float[FEATURES * d];
        for (int i = 0; i < w_enc_FD.length; i++) {
            boolean isRefusal = i < d;
            w_enc_FD[i] = isRefusal ? unit_D[i] : (float) (random.nextGaussian() / Math.sqrt(d));
            w_dec_FD[i] = isRefusal ? unit_D[i] : (float) (random.nextGaussian() * 1e-3);
        }
        return new Sae(
                new SaeFacts(HookPoint.residPost(layer), 16, 0), w_enc_FD, new float[FEATURES], w_dec_FD, new float[d]);
    }
}
