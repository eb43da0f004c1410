package org.demur.judge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.demur.TestSpark;
import org.demur.engine.ModelSpec;
import org.demur.runtime.Progress;
import org.demur.runtime.RunSeed;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.table.Catalog;
import org.demur.table.RunId;
import org.demur.table.Warehouse;

/** Completions in a warehouse of their own: each text is the answer to a prompt of its own in the cell {@code base}. */
final class JudgingFixture {
    private final Path folder;
    private final ModelSpec model;

    JudgingFixture(Path folder) {
        this(folder, new ModelSpec("none", "none", 1));
    }

    JudgingFixture(Path folder, ModelSpec model) {
        this.folder = folder;
        this.model = model;
    }

    StageContext context(String run) {
        Catalog catalog = new Catalog(folder.toString(), new Configuration());
        Warehouse warehouse = new Warehouse(TestSpark.session(), catalog);
        return new StageContext(
                TestSpark.session(), warehouse, RunId.of(run), Map.of(), model, new RunSeed(1), Progress.SILENT);
    }

    JudgingSession session(String run, Judge judge, List<String> completions) {
        return new JudgingSession(context(run), subjects(completions), new NamedJudge("judge", judge).digest());
    }

    static Subjects subjects(List<String> completions) {
        List<Row> rows = new ArrayList<>();
        List<Row> prompts = new ArrayList<>();
        for (int i = 0; i < completions.size(); i++) {
            Map<String, Object> ids = Map.of("set_name", "test", "prompt_id", "p" + i);
            rows.add(row(
                    Table.COMPLETIONS,
                    ids,
                    Map.of("cell_id", "test/base", "method", "none", "n_tokens", 1, "completion", completions.get(i))));
            prompts.add(row(Table.PROMPTS, ids, Map.of("kind", "chat", "prompt", "Question " + i)));
        }
        return Subjects.of(frame(Table.COMPLETIONS, rows), frame(Table.PROMPTS, prompts));
    }

    private static Dataset<Row> frame(Table table, List<Row> rows) {
        return TestSpark.session().createDataFrame(rows, table.schema());
    }

    private static Row row(Table table, Map<String, Object> ids, Map<String, Object> values) {
        return RowFactory.create(Arrays.stream(table.schema().fields())
                .map(StructField::name)
                .map(name -> ids.getOrDefault(name, values.get(name)))
                .toArray());
    }
}
