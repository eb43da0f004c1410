package org.demur.training;

import java.io.Serializable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** A row of the table sae_training without its layer. */
record CurvePoint(
        int step,
        int epoch,
        long rows,
        double learningRate,
        double loss,
        double fvu,
        double l0,
        double auxiliaryLoss,
        double deadFraction)
        implements Serializable {
    /**
     * The row of a dictionary in {@code folder}.
     *
     * @param variant what is told of its settings; null for one that was imported
     */
    Row row(int layer, String folder, SaeVariant variant) {
        return RowFactory.create(
                layer,
                step,
                epoch,
                rows,
                learningRate,
                loss,
                fvu,
                l0,
                auxiliaryLoss,
                deadFraction,
                folder,
                variant == null ? null : variant.features(),
                variant == null ? null : variant.k(),
                variant == null ? null : variant.seed());
    }
}
