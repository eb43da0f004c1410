package org.demur.scoring;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.statistics.Bootstrap;

/**
 * Fluency of one cell.
 *
 * @param nats negative log-likelihood per token under the unedited model, mean over completions
 * @param distinct2 share of different pairs of neighbouring tokens, likewise
 * @param longestRepeat tokens, likewise
 * @param tokens length, likewise
 * @param english share of completions whose language is English
 */
record FluencySummary(Rate nats, Rate distinct2, Rate longestRepeat, Rate tokens, Rate english) {
    /** For a cell without completions. */
    static final FluencySummary NONE = new FluencySummary(Rate.NONE, Rate.NONE, Rate.NONE, Rate.NONE, Rate.NONE);

    /** Summaries by cell id. The same draws of completions are behind all intervals of a cell. */
    static Map<String, FluencySummary> read(Dataset<Row> fluency, Bootstrap bootstrap) {
        Map<String, List<Row>> cells = fluency.orderBy("cell_id", "prompt_id").collectAsList().stream()
                .collect(Collectors.groupingBy(row -> row.getAs("cell_id"), TreeMap::new, Collectors.toList()));
        Map<String, FluencySummary> summaries = new HashMap<>();
        cells.forEach((cell, rows) -> summaries.put(cell, of(rows, bootstrap)));
        return summaries;
    }

    private static FluencySummary of(List<Row> rows, Bootstrap bootstrap) {
        int english = Math.toIntExact(
                rows.stream().filter(row -> "en".equals(row.getAs("language"))).count());
        return new FluencySummary(
                mean(rows, row -> row.<Double>getAs("nats"), bootstrap),
                mean(rows, row -> row.<Double>getAs("distinct_2"), bootstrap),
                mean(rows, row -> row.<Integer>getAs("longest_repeat"), bootstrap),
                mean(rows, row -> row.<Integer>getAs("n_tokens"), bootstrap),
                Rate.of(english, rows.size()));
    }

    private static Rate mean(List<Row> rows, Function<Row, Number> measure, Bootstrap bootstrap) {
        double[] values = rows.stream()
                .map(row -> Optional.ofNullable(measure.apply(row)))
                .flatMap(Optional::stream)
                .mapToDouble(Number::doubleValue)
                .toArray();
        return Rate.ofMean(values, bootstrap);
    }

    /** The columns at the end of {@code sweep_summary}. */
    List<Rate> columns() {
        return List.of(nats, distinct2, longestRepeat, tokens, english);
    }
}
