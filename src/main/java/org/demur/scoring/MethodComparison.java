package org.demur.scoring;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.demur.cells.Method;
import org.demur.schema.Table;
import org.demur.statistics.Bootstrap;
import org.demur.statistics.EffectSize;
import org.demur.statistics.Holm;
import org.demur.statistics.Interval;

/**
 * The table {@code method_comparison}: which ranking of features suppresses refusal with fewer of them. Within every
 * condition each reference is compared with every other ranking, and every ranking with the random sets and with ablating
 * the direction.
 */
final class MethodComparison {
    private final List<String> references;
    private final Bootstrap bootstrap;

    /**
     * @param references names of the rankings that are compared with every other; a pair of them is compared once
     */
    MethodComparison(List<String> references, Bootstrap bootstrap) {
        this.references = references;
        this.bootstrap = bootstrap;
    }

    Dataset<Row> of(SparkSession spark, List<JudgedCell> cells) {
        Map<String, List<RankingPair>> pairs = pairs(cells);
        double[] p = pairs.values().stream()
                .flatMap(List::stream)
                .mapToDouble(RankingPair::p)
                .toArray();
        double[] acrossTable = Holm.adjusted(p);
        List<Row> rows = new ArrayList<>();
        pairs.forEach((condition, ofCondition) -> {
            double[] withinCondition = Holm.adjusted(
                    ofCondition.stream().mapToDouble(RankingPair::p).toArray());
            for (int i = 0; i < withinCondition.length; i++) {
                rows.add(row(condition, ofCondition.get(i), withinCondition[i], acrossTable[rows.size()]));
            }
        });
        return spark.createDataFrame(rows, Table.METHOD_COMPARISON.schema()).coalesce(1);
    }

    /** The pairs of every condition, in the order of conditions and names. */
    Map<String, List<RankingPair>> pairs(List<JudgedCell> cells) {
        Map<String, List<JudgedCell>> byCondition = new TreeMap<>();
        Map<String, JudgedCell> ablated = new TreeMap<>();
        for (JudgedCell cell : cells) {
            if (cell.featureSet().isPresent()) {
                byCondition
                        .computeIfAbsent(cell.condition(), id -> new ArrayList<>())
                        .add(cell);
            } else if (cell.method().equals(Method.DIRECTION_ABLATION.sqlName())) {
                ablated.putIfAbsent(cell.setName(), cell);
            }
        }
        Map<String, List<RankingPair>> pairs = new LinkedHashMap<>();
        byCondition.forEach((condition, ofCondition) -> {
            List<RankingPair> found = pairs(
                    Ranking.of(ofCondition),
                    Optional.ofNullable(ablated.get(ofCondition.get(0).setName())));
            if (!found.isEmpty()) {
                pairs.put(condition, found);
            }
        });
        return pairs;
    }

    private List<RankingPair> pairs(Map<String, Ranking> rankings, Optional<JudgedCell> ablated) {
        List<Ranking> random =
                rankings.values().stream().filter(Ranking::isRandom).toList();
        List<Optional<RankingPair>> pairs = new ArrayList<>();
        for (String reference : references) {
            // A pair of two references is that of the first.
            List<String> done = references.subList(0, references.indexOf(reference) + 1);
            for (Ranking ranking : rankings.values()) {
                if (rankings.containsKey(reference) && !done.contains(ranking.name()) && !ranking.isRandom()) {
                    pairs.add(RankingPair.of(rankings.get(reference), ranking));
                }
            }
        }
        for (Ranking ranking : rankings.values()) {
            if (!ranking.isRandom()) {
                random.forEach(other -> pairs.add(RankingPair.of(ranking, other)));
            }
            ablated.ifPresent(cell -> pairs.add(RankingPair.of(ranking, Ranking.constant(cell, ranking.sizes()))));
        }
        return pairs.stream().flatMap(Optional::stream).toList();
    }

    private Row row(String condition, RankingPair pair, double withinCondition, double acrossTable) {
        double[] differences = pair.differences();
        int n = differences.length;
        Interval interval = bootstrap.ofMean(differences);
        EffectSize d = EffectSize.d(differences, bootstrap.confidence());
        double area = mean(pair.first_P());
        double otherArea = mean(pair.second_P());
        Set<Integer> sizes = new TreeSet<>(pair.sizes());
        List<JudgedCell> cells = new ArrayList<>(pair.first().cells(sizes));
        cells.addAll(pair.second().cells(sizes));
        Row facts = cells.get(0).facts();
        return RowFactory.create(
                condition,
                facts.getAs("set_name"),
                facts.getAs("label"),
                facts.getAs("method"),
                facts.getAs("coefficient"),
                pair.first().name(),
                pair.second().name(),
                sizes.toArray(new Integer[0]),
                pair.second().draws().size(),
                n,
                area,
                otherArea,
                area - otherArea,
                interval.low(),
                interval.high(),
                pair.p(),
                withinCondition,
                acrossTable,
                EffectSize.h(area, n, otherArea, n, bootstrap.confidence()).value(),
                finite(d.value()),
                finite(d.interval().low()),
                finite(d.interval().high()),
                finite(pair.first().crossEntropyChange(sizes)),
                finite(pair.second().crossEntropyChange(sizes)),
                cells.stream().anyMatch(JudgedCell::usedForSelection));
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
