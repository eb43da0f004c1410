package org.demur.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Rows of the table {@code sae_metrics}. Losses were measured on held-out texts and stand with the held-out rows. */
final class MetricsRows {
    private final Dictionary dictionary;
    private final LayerSummary summary;

    private MetricsRows(Dictionary dictionary, LayerSummary summary) {
        this.dictionary = dictionary;
        this.summary = summary;
    }

    static List<Row> of(List<Dictionary> dictionaries, List<LayerSummary> summaries, Map<Integer, LossSums> losses) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < summaries.size(); i++) {
            LayerSummary summary = summaries.get(i);
            MetricsRows layer = new MetricsRows(dictionaries.get(i), summary);
            LossSums none = LossSums.none(summary.layer());
            // A variance needs two rows.
            if (summary.heldOut().rows() > 1) {
                rows.add(layer.row(true, summary.heldOut(), losses.getOrDefault(summary.layer(), none)));
            }
            if (summary.trained().rows() > 1) {
                rows.add(layer.row(false, summary.trained(), none));
            }
        }
        return rows;
    }

    private Row row(boolean heldOut, LayerSummary.Split split, LossSums loss) {
        List<Object> values = new ArrayList<>();
        ReconstructionSums sums = split.reconstruction();
        values.addAll(
                List.of(dictionary.layer(), dictionary.activation().label(), dictionary.d(), dictionary.features()));
        values.add(dictionary.k().isPresent() ? (Object) dictionary.k().getAsInt() : null);
        values.addAll(List.of(
                sums.rows(),
                heldOut,
                sums.fvu(),
                split.activity().l0().mean(),
                split.activity().silent(),
                sums.cosine()));
        addLosses(values, loss);
        values.addAll(List.of(1 - sums.fvu(), sums.meanSquaredError(), sums.lengthRatio(), sums.relativeBias()));
        addActivity(values, split.activity());
        addZeroLosses(values, loss);
        addDivergences(values, loss);
        return RowFactory.create(values.toArray());
    }

    private static void addLosses(List<Object> values, LossSums loss) {
        values.add(loss.tokens());
        values.add(mean(loss.clean(), loss.tokens()));
        values.add(mean(loss.changed().spliced(), loss.tokens()));
        values.add(mean(loss.changed().meanAblated(), loss.tokens()));
        values.add(loss.tokens() > 0 ? (Object) loss.recoveredFromMean() : null);
    }

    private void addActivity(List<Object> values, Activity activity) {
        LayerSummary.Cosines cosines = summary.cosines();
        values.addAll(List.of(
                activity.l0().p05(),
                activity.l0().p50(),
                activity.l0().p95(),
                activity.l0().largest(),
                activity.l1(),
                activity.aboveOnePercent(),
                activity.aboveTenPercent(),
                cosines.nearestMean(),
                cosines.nearestMedian(),
                cosines.nearestLargest(),
                cosines.ownMean()));
    }

    private static void addZeroLosses(List<Object> values, LossSums loss) {
        values.add(mean(loss.changed().zeroAblated(), loss.tokens()));
        values.add(loss.tokens() > 0 ? (Object) loss.recoveredFromZero() : null);
    }

    private static void addDivergences(List<Object> values, LossSums loss) {
        long tokens = loss.divergenceTokens();
        values.add(tokens);
        values.add(mean(loss.divergence().spliced(), tokens));
        values.add(mean(loss.divergence().meanAblated(), tokens));
        values.add(mean(loss.divergence().zeroAblated(), tokens));
        values.add(tokens > 0 ? (Object) loss.divergenceRecovered() : null);
    }

    private static Object mean(double sum, long tokens) {
        return tokens > 0 ? (Object) (sum / tokens) : null;
    }
}
