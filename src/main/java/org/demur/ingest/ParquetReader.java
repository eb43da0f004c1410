package org.demur.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.util.Iterator;
import java.util.function.Predicate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** One Parquet file; rows are numbered in file order. */
final class ParquetReader implements PromptReader {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final SparkSession spark;

    ParquetReader(SparkSession spark) {
        this.spark = spark;
    }

    @Override
    public void read(PromptSet set, Predicate<SourceRow> sink) {
        if (!Files.exists(set.path())) {
            throw SourceFile.missing(set.path());
        }
        // A single partition keeps the order of the file.
        Dataset<Row> rows = spark.read().parquet(set.path().toUri().toString()).coalesce(1);
        Iterator<String> lines = rows.toJSON().toLocalIterator();
        long number = 0;
        boolean wanted = true;
        while (wanted && lines.hasNext()) {
            wanted = sink.test(row(++number, lines.next()));
        }
    }

    private static SourceRow row(long number, String json) {
        try {
            RowColumns columns = new RowColumns(number);
            ((ObjectNode) JSON.readTree(json))
                    .properties()
                    .forEach(field -> columns.put(field.getKey(), field.getValue()));
            return columns.row();
        } catch (JsonProcessingException e) {
            return new SourceRow.Rejected(number, "", RejectReason.BROKEN_JSON, "not expressible as JSON");
        }
    }
}
