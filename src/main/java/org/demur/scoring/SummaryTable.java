package org.demur.scoring;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.demur.losses.CrossEntropyChange;
import org.demur.schema.Table;

/** The table {@code sweep_summary}: rates, intervals, tests and the cost on harmless text, one row per cell. */
final class SummaryTable {
    private SummaryTable() {}

    /**
     * @param changes cross-entropy changes by cell id; cells without one get nulls and 0 tokens
     * @param fluency by cell id; cells without one get nulls
     */
    static Dataset<Row> of(
            SparkSession spark,
            List<CellCounts> cells,
            Map<String, CrossEntropyChange> changes,
            Map<String, FluencySummary> fluency) {
        List<Row> rows = cells.stream()
                .map(cell -> Stream.concat(
                                Arrays.stream(values(cell, changes)),
                                fluency.getOrDefault(cell.cell().getString(0), FluencySummary.NONE).columns().stream()
                                        .flatMap(rate -> Stream.of(rate.rate(), rate.low(), rate.high())))
                        .toArray())
                .map(RowFactory::create)
                .toList();
        return spark.createDataFrame(rows, Table.SWEEP_SUMMARY.schema()).coalesce(1);
    }

    private static Object[] values(CellCounts cell, Map<String, CrossEntropyChange> changes) {
        Rate prefix = Rate.of(cell.refusedPrefix(), cell.n());
        Rate anywhere = Rate.of(cell.refusedAnywhere(), cell.n());
        boolean isTested = cell.paired() > 0 && !"none".equals(cell.cell().getString(3));
        CrossEntropyChange change = changes.get(cell.cell().getString(0));
        boolean isMeasured = change != null;
        return new Object[] {
            cell.cell().get(0),
            cell.cell().get(1),
            cell.cell().get(2),
            cell.cell().get(3),
            cell.cell().get(4),
            cell.cell().get(5),
            cell.cell().get(6),
            cell.n(),
            prefix.rate(),
            prefix.low(),
            prefix.high(),
            anywhere.rate(),
            anywhere.low(),
            anywhere.high(),
            isTested ? cell.changed().mcnemarP() : null,
            cell.changed().becameRefused(),
            cell.changed().becameCompliant(),
            isMeasured ? change.tokens() : 0L,
            isMeasured ? change.base() : null,
            isMeasured ? change.edited() : null,
            isMeasured ? change.change() : null,
            isMeasured ? change.interval().low() : null,
            isMeasured ? change.interval().high() : null,
            cell.usedForSelection(),
            cell.intervention()
        };
    }
}
