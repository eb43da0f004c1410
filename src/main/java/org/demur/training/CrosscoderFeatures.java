package org.demur.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.sae.RowKernels;
import org.demur.sae.Sae;
import org.demur.sae.train.CrosscoderParts;

/** Rows of the table {@code crosscoder_features} out of published crosscoders. */
final class CrosscoderFeatures {
    /** Name in the provenance of the mean norm of the first model's training rows. */
    static final String FIRST_NORM = "first_mean_norm";

    /** Name in the provenance of the mean norm of the second model's training rows. */
    static final String SECOND_NORM = "second_mean_norm";

    /** Share of the second model below which a feature is the first model's, and above one minus which the second's. */
    private static final double MARGIN = 0.1;

    private CrosscoderFeatures() {}

    /** Rows of the features of a crosscoder, in order. */
    static List<Row> rows(Path saes, String folder) {
        Sae wide = Sae.read(saes.resolve(folder));
        Map<String, String> provenance = Sae.provenance(saes.resolve(folder));
        CrosscoderParts parts = new CrosscoderParts(wide);
        double unit = Double.parseDouble(provenance.get(FIRST_NORM));
        double otherUnit = Double.parseDouble(provenance.get(SECOND_NORM));
        int width = wide.d() / 2;
        float[] first = parts.decoder(0);
        float[] second = parts.decoder(1);
        float[] lanes = new float[RowKernels.LANES];
        List<Row> rows = new ArrayList<>();
        for (int j = 0; j < wide.F(); j++) {
            int at = j * width;
            double one = Math.sqrt(RowKernels.dot(first, at, first, at, width, lanes));
            double other = Math.sqrt(RowKernels.dot(second, at, second, at, width, lanes));
            double both = one / unit + other / otherUnit;
            Double share = both > 0 ? other / otherUnit / both : null;
            double along = RowKernels.dot(first, at, second, at, width, lanes);
            Double cosine = one * other > 0 ? along / (one * other) : null;
            rows.add(RowFactory.create(
                    wide.layer(),
                    folder,
                    j,
                    (float) one,
                    (float) other,
                    share,
                    cosine,
                    share == null ? null : owner(share)));
        }
        return rows;
    }

    private static String owner(double share) {
        if (share < MARGIN) {
            return "first";
        }
        return share > 1 - MARGIN ? "second" : "shared";
    }
}
