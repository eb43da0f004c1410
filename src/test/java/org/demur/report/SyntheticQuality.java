package org.demur.report;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.schema.Table;
import org.demur.table.RunId;
import org.demur.table.Warehouse;

/** Distributions and probes of made-up autoencoders, beside what {@link SyntheticStudy} publishes. */
final class SyntheticQuality {
    private SyntheticQuality() {}

    static void publish(Warehouse warehouse, RunId run, List<Integer> layers) {
        List<Row> distributions = new ArrayList<>();
        List<Row> probes = new ArrayList<>();
        for (int layer : layers) {
            for (int bin = -16; bin < 0; bin++) {
                long count = Math.round(1000 * Math.exp(-Math.pow((bin + 8 + layer / 10.0) / 3, 2)));
                distributions.add(RowFactory.create(layer, "log10_density", bin / 4.0, (bin + 1) / 4.0, count));
            }
            distributions.add(RowFactory.create(layer, "log10_density", null, null, 97L));
            for (int size : new int[] {1, 2, 5}) {
                probes.add(accuracy(layer, "features", size, 0.6 + 0.01 * layer + 0.02 * size));
            }
            probes.add(accuracy(layer, "residual", 576, 0.96));
            probes.add(RowFactory.create(
                    layer,
                    "probe_drop",
                    "harmful",
                    "features",
                    10,
                    new Integer[] {3, 5},
                    342,
                    170,
                    0.96,
                    0.31,
                    0.24,
                    0.38,
                    "random_features",
                    170,
                    0.01,
                    -0.01,
                    0.03));
        }
        warehouse.publishRows(Table.SAE_DISTRIBUTIONS, run, distributions);
        warehouse.publishRows(Table.SAE_PROBES, run, probes);
    }

    private static Row accuracy(int layer, String representation, int size, double value) {
        return RowFactory.create(
                layer,
                "probe_accuracy",
                "harmful",
                representation,
                size,
                new Integer[0],
                342,
                170,
                null,
                value,
                value - 0.05,
                value + 0.03,
                "shuffled_labels",
                170,
                0.48,
                0.4,
                0.55);
    }
}
