package org.demur.capability;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.cells.Cell;
import org.demur.cells.Cells;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.statistics.DiscordantPairs;
import org.demur.statistics.Interval;
import org.demur.statistics.Proportion;

/**
 * The table {@code over_refusal}: how a cell tells harmless prompts that look harmful from harmful ones (XSTest; Roettger
 * et al. 2024), from the verdicts on the sweep's answers.
 */
final class OverRefusal {
    private final StageContext context;

    OverRefusal(StageContext context) {
        this.context = context;
    }

    /** Verdicts on the prompts of one label. */
    private record Verdicts(int n, int refused, int paired, DiscordantPairs changed) {
        static final Verdicts NONE = new Verdicts(0, 0, 0, new DiscordantPairs(0, 0));
    }

    /** One row a cell of these sets, in the order of cell ids. */
    List<Row> rows(List<String> sets) {
        Map<String, Cell> cells = new TreeMap<>();
        Cells.read(context.warehouse().read(Table.COMPLETIONS, context.input("sweep"))).stream()
                .filter(cell -> sets.contains(cell.setName()))
                .forEach(cell -> cells.put(cell.cellId(), cell));
        for (String set : sets) {
            if (cells.values().stream().noneMatch(cell -> cell.setName().equals(set))) {
                throw missing(set);
            }
        }
        Map<String, Map<String, Verdicts>> verdicts = verdicts(sets);
        List<Row> rows = new ArrayList<>();
        cells.forEach((id, cell) -> rows.add(row(cell, verdicts.getOrDefault(id, Map.of()))));
        return rows;
    }

    private Map<String, Map<String, Verdicts>> verdicts(List<String> sets) {
        Dataset<Row> scores = context.warehouse()
                .read(Table.SCORES, context.input("score"))
                .where(col("set_name").isin(sets.toArray()))
                .where(col("refused_prefix").isNotNull());
        Dataset<Row> base = scores.where(col("method").equalTo("none"))
                .select(col("set_name"), col("prompt_id"), col("refused_prefix").as("base_refused"));
        Dataset<Row> labels = context.warehouse()
                .read(Table.PROMPTS, context.input("prompts"))
                .where(col("kind").equalTo("chat"))
                .select("set_name", "prompt_id", "label");
        Column refused = col("refused_prefix");
        Column before = col("base_refused");
        Map<String, Map<String, Verdicts>> byCell = new TreeMap<>();
        scores.join(labels, new String[] {"set_name", "prompt_id"})
                .join(base, new String[] {"set_name", "prompt_id"}, "left")
                .groupBy("cell_id", "label")
                .agg(
                        count(lit(1)),
                        sum(refused.cast("int")),
                        count(before),
                        count(when(refused.and(before.equalTo(false)), 1)),
                        count(when(refused.equalTo(false).and(before), 1)))
                .where(col("label").isNotNull())
                .collectAsList()
                .forEach(row -> byCell.computeIfAbsent(row.getString(0), id -> new TreeMap<>())
                        .put(row.getString(1), verdicts(row)));
        return byCell;
    }

    private static Verdicts verdicts(Row row) {
        return new Verdicts(
                number(row, 2), number(row, 3), number(row, 4), new DiscordantPairs(number(row, 5), number(row, 6)));
    }

    private static int number(Row row, int column) {
        return Math.toIntExact(row.getLong(column));
    }

    private static Row row(Cell cell, Map<String, Verdicts> byLabel) {
        Treatment by = Treatment.of(cell);
        List<Object> values = new ArrayList<>();
        values.addAll(Arrays.asList(
                cell.cellId(),
                cell.setName(),
                by.id(),
                cell.method(),
                by.featureSet(),
                cell.nFeatures(),
                by.coefficient()));
        Verdicts harmless = byLabel.getOrDefault("harmless", Verdicts.NONE);
        Verdicts harmful = byLabel.getOrDefault("harmful", Verdicts.NONE);
        add(values, harmless, by);
        add(values, harmful, by);
        boolean isWhole = harmless.n() > 0 && harmful.n() > 0;
        Proportion onHarmless = new Proportion(harmless.refused(), Math.max(1, harmless.n()));
        Proportion onHarmful = new Proportion(harmful.refused(), Math.max(1, harmful.n()));
        Interval interval = difference(onHarmful, onHarmless);
        values.add(isWhole ? onHarmful.rate() - onHarmless.rate() : null);
        values.add(isWhole ? interval.low() : null);
        values.add(isWhole ? interval.high() : null);
        values.add(cell.intervention());
        return RowFactory.create(values.toArray());
    }

    private static void add(List<Object> values, Verdicts verdicts, Treatment by) {
        values.add(verdicts.n());
        if (verdicts.n() == 0) {
            values.addAll(Collections.nCopies(4, null));
            return;
        }
        Proportion rate = new Proportion(verdicts.refused(), verdicts.n());
        Interval interval = rate.wilson(CapabilityTable.CONFIDENCE);
        values.add(rate.rate());
        values.add(interval.low());
        values.add(interval.high());
        values.add(
                verdicts.paired() == 0 || by.isNone()
                        ? null
                        : verdicts.changed().mcnemarP());
    }

    /** Newcombe's hybrid score interval for a difference of independent proportions (Newcombe 1998, method 10). */
    static Interval difference(Proportion a, Proportion b) {
        Interval ofA = a.wilson(CapabilityTable.CONFIDENCE);
        Interval ofB = b.wilson(CapabilityTable.CONFIDENCE);
        double difference = a.rate() - b.rate();
        return new Interval(
                difference - Math.hypot(a.rate() - ofA.low(), ofB.high() - b.rate()),
                difference + Math.hypot(ofA.high() - a.rate(), b.rate() - ofB.low()));
    }

    private static JobException missing(String set) {
        return new JobException(
                ExitCode.USAGE,
                "The sweep has no cell on " + set + ", which capability.over-refusal-sets names",
                "the set lacks the use test, or no entry of sweep.grid takes its labels",
                "add the use test to the set, or take it out of capability.over-refusal-sets");
    }
}
