package org.demur.training;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.BitSet;
import org.demur.engine.NativeProduct;
import org.demur.rows.RowRequest;
import org.demur.rows.RowSample;
import org.demur.rows.TrainingRows;
import org.demur.sae.FeatureCodes;
import org.demur.sae.Sae;
import org.demur.sae.SaeEncoder;
import org.demur.sae.ThresholdFit;

/**
 * Measures a dictionary of a file on a sample of the rows that others are trained on, and completes its threshold.
 *
 * @param request finds the sample
 * @param folder that holds the dictionary and receives it again with its threshold
 */
record ImportMeasure(RowRequest request, String folder) implements Serializable {

    /** What a dictionary does on the sample, as a curve of one point. */
    record Result(int layer, CurvePoint point) implements Serializable {}

    Result measure() {
        try (TrainingRows rows = TrainingRows.open(request, Scratch.folder())) {
            RowSample sample = rows.sample();
            Path path = Path.of(folder);
            Sae read = Sae.read(path);
            Sae sae = ThresholdFit.measured(read, sample.x_ND(), NativeProduct::new);
            if (sae != read) {
                sae.write(path, Sae.provenance(path));
            }
            return new Result(sae.layer(), point(sae, sample));
        }
    }

    private static CurvePoint point(Sae sae, RowSample sample) {
        try (SaeEncoder encoder = sae.encoder(NativeProduct::new)) {
            FeatureCodes codes = encoder.encode(sample.x_ND(), sample.rows());
            float[] xHat_ND = new float[sample.x_ND().length];
            sae.decode(codes, sample.x_ND(), xHat_ND);
            double fvu = fvu(sample, xHat_ND);
            BitSet fired = new BitSet();
            for (int i = 0; i < codes.active(); i++) {
                fired.set(codes.indices()[i]);
            }
            return new CurvePoint(
                    0,
                    0,
                    sample.rows(),
                    0,
                    fvu,
                    fvu,
                    (double) codes.active() / sample.rows(),
                    0,
                    1 - (double) fired.cardinality() / sae.F());
        }
    }

    /** Squared error over squared distance from the mean, in float64. */
    private static double fvu(RowSample sample, float[] xHat_ND) {
        double[] sum_D = new double[sample.width()];
        double squares = 0;
        double errors = 0;
        for (int i = 0; i < xHat_ND.length; i++) {
            double x = sample.x_ND()[i];
            sum_D[i % sum_D.length] += x;
            squares += x * x;
            errors += (x - xHat_ND[i]) * (x - xHat_ND[i]);
        }
        for (double sum : sum_D) {
            squares -= sum * sum / sample.rows();
        }
        return errors / squares;
    }
}
