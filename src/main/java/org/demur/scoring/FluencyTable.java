package org.demur.scoring;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.cells.StageJob;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;

/** The table {@code fluency}: equal completions of a prompt are measured once, whatever cells they come from. */
final class FluencyTable {
    private static final int ANSWERS_PER_TASK = 128;

    private final StageContext context;
    private final ScoreSettings.Fluency settings;

    FluencyTable(StageContext context, ScoreSettings.Fluency settings) {
        this.context = context;
        this.settings = settings;
    }

    private record Key(String setName, String promptId, List<Integer> tokenIds, String text) {}

    /** One row per completion, in the order of cells and prompts. */
    Dataset<Row> of(Dataset<Row> completions, Dataset<Row> prompts) {
        Dataset<Row> read = prompts.where(col("kind").equalTo("chat"))
                .select(col("set_name"), col("prompt_id"), col("token_ids").as("prompt_ids"));
        List<Row> rows = completions
                .select("set_name", "prompt_id", "cell_id", "token_ids", "completion")
                .join(read, new String[] {"set_name", "prompt_id"}, "left")
                .orderBy("set_name", "prompt_id", "cell_id")
                .collectAsList();
        Map<Key, FluencyTask.Answer> answers = new LinkedHashMap<>();
        rows.forEach(row -> answers.computeIfAbsent(
                key(row), missing -> new FluencyTask.Answer(ints(row, 5), ints(row, 3), row.getString(4))));
        Map<Key, FluencyTask.Fluency> measured = measured(answers);
        List<Row> table =
                rows.stream().map(row -> row(row, measured.get(key(row)))).toList();
        return context.spark()
                .createDataFrame(table, Table.FLUENCY.schema())
                .orderBy("cell_id", "prompt_id")
                .coalesce(1);
    }

    /** In the order of prompts, so that a task's completions of one prompt share the reading of it. */
    private Map<Key, FluencyTask.Fluency> measured(Map<Key, FluencyTask.Answer> answers) {
        List<FluencyTask.Answer> all = List.copyOf(answers.values());
        List<List<FluencyTask.Answer>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += ANSWERS_PER_TASK) {
            parts.add(List.copyOf(all.subList(from, Math.min(from + ANSWERS_PER_TASK, all.size()))));
        }
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(context.spark().sparkContext());
        List<List<FluencyTask.Fluency>> found = new StageJob("score: fluency", all.size(), "completions")
                .collect(context, finished -> spark.parallelize(parts, Math.max(1, parts.size()))
                        .map(new FluencyTask(context.model(), settings, finished)));
        Map<Key, FluencyTask.Fluency> measured = new LinkedHashMap<>();
        var next = found.stream().flatMap(List::stream).iterator();
        answers.keySet().forEach(key -> measured.put(key, next.next()));
        return measured;
    }

    private static Key key(Row row) {
        return new Key(row.getString(0), row.getString(1), List.copyOf(row.<Integer>getList(3)), row.getString(4));
    }

    private static int[] ints(Row row, int column) {
        return row.isNullAt(column)
                ? new int[0]
                : row.<Integer>getList(column).stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
    }

    private static Row row(Row completion, FluencyTask.Fluency fluency) {
        double[] distinct = fluency.repetition().distinct();
        List<Double> shares = Arrays.asList(known(distinct[0]), known(distinct[1]), known(distinct[2]));
        return RowFactory.create(
                completion.get(2),
                completion.get(0),
                completion.get(1),
                completion.getList(3).size(),
                known(fluency.nats()),
                known(Math.exp(fluency.nats())),
                shares.get(0),
                shares.get(1),
                shares.get(2),
                fluency.repetition().longest_tokens(),
                fluency.language().script(),
                fluency.language().scriptShare(),
                fluency.language().language());
    }

    private static Double known(double number) {
        return Double.isNaN(number) ? null : number;
    }
}
