package org.demur.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.demur.engine.NativeProduct;
import org.demur.sae.FeatureCodes;
import org.demur.sae.Sae;
import org.demur.sae.SaeEncoder;

/** Fraction of variance unexplained (float64), L0 and share of silent features of a dictionary on rows it was not trained on. */
final class HeldOutFigures {
    private static final int CHUNK_ROWS = 2048;

    private HeldOutFigures() {}

    static Map<String, Object> of(Sae sae, NpyRows rows) {
        int d = rows.width();
        double squaredError = 0;
        double square = 0;
        double[] sum = new double[d];
        long[] fired = new long[sae.F()];
        float[] x = new float[CHUNK_ROWS * d];
        float[] xHat = new float[CHUNK_ROWS * d];
        try (SaeEncoder encoder = sae.encoder(NativeProduct::new)) {
            for (int from = 0; from < rows.rows(); from += CHUNK_ROWS) {
                int count = Math.min(CHUNK_ROWS, rows.rows() - from);
                rows.read(from, count, x);
                FeatureCodes codes = encoder.encode(x, count);
                sae.decode(codes, x, xHat);
                for (int i = 0; i < count * d; i++) {
                    double error = (double) x[i] - xHat[i];
                    squaredError += error * error;
                    square += (double) x[i] * x[i];
                    sum[i % d] += x[i];
                }
                for (int i = 0; i < codes.starts_B1()[count]; i++) {
                    fired[codes.indices()[i]] += codes.values()[i] > 0 ? 1 : 0;
                }
            }
        }
        double variance = square;
        for (double each : sum) {
            variance -= each * each / rows.rows();
        }
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("fvu", squaredError / variance);
        figures.put("l0", (double) Arrays.stream(fired).sum() / rows.rows());
        figures.put("dead", Arrays.stream(fired).filter(count -> count == 0).count() / (double) fired.length);
        figures.put("heldout_rows", rows.rows());
        return figures;
    }
}
