package org.demur.evaluation;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.rank.Median;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Everything about the features of one dictionary: what they do on rows, and how their directions lie.
 *
 * @param directions of all features
 */
record LayerFeatures(int layer, SplitSums.Both sums, DecoderBlock directions) implements Serializable {

    /** What is small enough for the driver. */
    LayerSummary summary() {
        return new LayerSummary(
                layer, summary(sums.heldOut()), summary(sums.trained()), sums.mean(), cosines(), bins());
    }

    private static LayerSummary.Split summary(SplitSums split) {
        return new LayerSummary.Split(split.reconstruction(), split.features().activity());
    }

    private LayerSummary.Cosines cosines() {
        double[] nearest = doubles(directions.nearestCosine_M());
        double[] own = doubles(directions.ownCosine_M());
        return new LayerSummary.Cosines(
                IntStream.range(0, nearest.length)
                        .mapToDouble(j -> nearest[j])
                        .average()
                        .orElse(0),
                new Median().evaluate(nearest),
                IntStream.range(0, nearest.length)
                        .mapToDouble(j -> nearest[j])
                        .max()
                        .orElse(0),
                IntStream.range(0, own.length)
                        .mapToDouble(j -> own[j])
                        .average()
                        .orElse(0));
    }

    private List<Bin> bins() {
        FeatureSums heldOut = sums.heldOut().features();
        List<Bin> bins = new ArrayList<>();
        if (heldOut.rows() > 0) {
            bins.addAll(Bin.active("l0", heldOut));
            bins.addAll(Bin.densities("log10_density", heldOut));
        }
        bins.addAll(Bin.cosines("max_decoder_cosine", directions.nearestCosine_M()));
        bins.addAll(Bin.cosines("encoder_decoder_cosine", directions.ownCosine_M()));
        return bins;
    }

    /** Rows of the table {@code features}. */
    Iterator<Row> rows() {
        return IntStream.range(0, directions.size()).mapToObj(this::row).iterator();
    }

    private Row row(int j) {
        FeatureSums heldOut = sums.heldOut().features();
        boolean fires = heldOut.count(j) > 0;
        int nearest = directions.nearest_M()[j];
        return RowFactory.create(
                layer,
                j,
                heldOut.rows(),
                heldOut.count(j),
                heldOut.rows() > 0 ? (Object) heldOut.density(j) : null,
                fires ? (Object) heldOut.meanActive(j) : null,
                fires ? (Object) heldOut.largest(j) : null,
                directions.decoderNorm_M()[j],
                directions.encoderNorm_M()[j],
                directions.ownCosine_M()[j],
                nearest < 0 ? null : (Object) directions.nearestCosine_M()[j],
                nearest < 0 ? null : (Object) nearest);
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }
}
