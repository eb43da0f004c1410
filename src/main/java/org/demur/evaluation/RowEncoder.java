package org.demur.evaluation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.demur.engine.NativeProduct;
import org.demur.sae.FeatureCodes;
import org.demur.sae.Sae;
import org.demur.sae.SaeEncoder;

/** Sends rows through one dictionary: the only place of this package that knows how codes are laid out in memory. */
final class RowEncoder implements AutoCloseable {
    private final Sae sae;
    private final SaeEncoder encoder;

    RowEncoder(Sae sae) {
        this.sae = sae;
        this.encoder = sae.encoder(NativeProduct::new);
    }

    /** An encoder of the dictionary of a layer, from a folder with one folder per layer. */
    static RowEncoder open(String folder, int layer) {
        return new RowEncoder(Sae.read(Path.of(folder).resolve("layer=" + layer)));
    }

    Sae sae() {
        return sae;
    }

    /**
     * Rows after the dictionary.
     *
     * @param features of every row
     * @param xHat_BD their reconstructions
     */
    record Encoded(List<ActiveFeatures> features, float[] xHat_BD) {}

    /** Codes and reconstructions of the first {@code rows} rows. */
    Encoded encode(float[] x_BD, int rows) {
        FeatureCodes codes = encoder.encode(x_BD, rows);
        float[] xHat_BD = new float[rows * sae.d()];
        sae.decode(codes, x_BD, xHat_BD);
        List<ActiveFeatures> features = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            int from = codes.starts_B1()[row];
            int to = codes.starts_B1()[row + 1];
            features.add(new ActiveFeatures(
                    Arrays.copyOfRange(codes.indices(), from, to), Arrays.copyOfRange(codes.values(), from, to)));
        }
        return new Encoded(features, xHat_BD);
    }

    @Override
    public void close() {
        encoder.close();
    }
}
