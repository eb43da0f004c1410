package org.demur.training;

import java.util.Locale;
import java.util.Map;
import org.demur.rows.RowRequest;
import org.demur.rows.ShardRange;
import org.demur.sae.FeatureCodes;
import org.demur.sae.MatrixProduct;
import org.demur.sae.Sae;
import org.demur.sae.SaeEncoder;

/** Measures a transcoder or a crosscoder on a sample of held-out rows, as the stage evaluate measures autoencoders. */
final class HeldOutMeasure {
    private HeldOutMeasure() {}

    /**
     * The fraction of the variance of the outputs that is left unexplained, and the mean number of active features.
     *
     * @param request of the training
     */
    static Map<String, String> of(Sae sae, RowRequest request, Beside beside, MatrixProduct.Factory products) {
        RowRequest heldOut = new RowRequest(
                request.input().heldOutSide(),
                new RowRequest.Batches(1, 1, 1),
                request.seed(),
                ShardRange.of(1, 0, 1),
                request.storage());
        try (BatchRows rows = BatchRows.open(heldOut, beside.heldOutSide());
                SaeEncoder encoder = sae.encoder(products)) {
            float[] x_NI = rows.sampleInputs();
            float[] y_NO =
                    switch (rows.target()) {
                        case INPUT -> x_NI;
                        case OTHER_VECTOR -> rows.others().sample().x_ND();
                    };
            int count = rows.inputs().sample().rows();
            FeatureCodes codes = encoder.encode(x_NI, count);
            float[] yHat_NO = new float[y_NO.length];
            sae.decode(codes, x_NI, yHat_NO);
            return Map.of(
                    "held_out_rows",
                    Integer.toString(count),
                    "held_out_fvu",
                    String.format(Locale.ROOT, "%.6f", unexplained(y_NO, yHat_NO, y_NO.length / count)),
                    "held_out_l0",
                    String.format(Locale.ROOT, "%.3f", (double) codes.active() / count));
        }
    }

    private static double unexplained(float[] y_NO, float[] yHat_NO, int width) {
        double[] sums = new double[width];
        double squares = 0;
        double errors = 0;
        for (int i = 0; i < y_NO.length; i++) {
            sums[i % width] += y_NO[i];
            squares += (double) y_NO[i] * y_NO[i];
            double error = y_NO[i] - (double) yHat_NO[i];
            errors += error * error;
        }
        double rows = (double) y_NO.length / width;
        for (double sum : sums) {
            squares -= sum * sum / rows;
        }
        return errors / squares;
    }
}
