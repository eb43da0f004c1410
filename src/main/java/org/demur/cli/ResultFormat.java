package org.demur.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** How a query result is printed. */
enum ResultFormat {
    /** Aligned columns for people, at most 1,000 rows. */
    table {
        @Override
        void print(Dataset<Row> result, PrintWriter out) {
            List<Row> rows = result.takeAsList(MAX_TABLE_ROWS + 1);
            TextTable text = new TextTable(List.of(result.columns()));
            rows.stream().limit(MAX_TABLE_ROWS).forEach(row -> text.add(cells(row)));
            out.print(text.render());
            if (rows.size() > MAX_TABLE_ROWS) {
                out.println("(first " + MAX_TABLE_ROWS + " rows; --format csv prints all)");
            }
        }
    },
    /** RFC 4180 with a header line; NULL is an empty field. */
    csv {
        @Override
        void print(Dataset<Row> result, PrintWriter out) {
            try {
                CSVPrinter printer = new CSVPrinter(out, CSVFormat.RFC4180);
                printer.printRecord((Object[]) result.columns());
                for (Iterator<Row> rows = result.toLocalIterator(); rows.hasNext(); ) {
                    printer.printRecord(cells(rows.next()));
                }
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot print the result", e);
            }
        }
    },
    /** One JSON object per line, with NULL as null. */
    json {
        @Override
        void print(Dataset<Row> result, PrintWriter out) {
            for (Iterator<Row> rows = result.toLocalIterator(); rows.hasNext(); ) {
                out.println(rows.next().json());
            }
        }
    };

    private static final int MAX_TABLE_ROWS = 1000;

    abstract void print(Dataset<Row> result, PrintWriter out);

    private static List<Object> cells(Row row) {
        List<Object> cells = new ArrayList<>(row.length());
        for (int column = 0; column < row.length(); column++) {
            cells.add(printable(row.get(column)));
        }
        return cells;
    }

    /** Arrays as [a, b]; Spark's own would show the name of their class. */
    private static Object printable(Object value) {
        if (value instanceof byte[] raw) {
            return raw.length + " bytes";
        }
        return value instanceof Seq<?> array
                ? CollectionConverters.asJava(array).stream()
                        .map(ResultFormat::printable)
                        .toList()
                : value;
    }
}
