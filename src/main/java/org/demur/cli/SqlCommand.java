package org.demur.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.runtime.SparkSessions;
import org.demur.table.Catalog;
import org.demur.table.Warehouse;
import org.demur.table.WarehouseViews;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sql}: a query over the tables of a warehouse. */
@Command(name = "sql", description = "Runs a query over all published tables; the column run tells the runs apart.")
final class SqlCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "QUERY", description = "A SELECT in Spark SQL, such as: SELECT * FROM runs")
    private String query;

    @Option(
            names = "--warehouse",
            paramLabel = "DIR",
            defaultValue = "warehouse",
            description = "The warehouse (default: ${DEFAULT-VALUE}).")
    private String warehouse;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private ResultFormat format;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        SparkSession spark = SparkSessions.start("local[*]", 1);
        WarehouseViews.register(spark, new Warehouse(spark, new Catalog(warehouse, new Configuration())));
        format.print(parse(spark), out);
        out.flush();
        return ExitCode.OK.code();
    }

    /** Spark's message without the query plan that it appends. */
    private static String firstParagraph(String message) {
        int plan = message.indexOf(";\n'");
        return (plan < 0 ? message : message.substring(0, plan)).strip();
    }

    private Dataset<Row> parse(SparkSession spark) {
        try {
            return analysed(spark);
        } catch (AnalysisException e) {
            throw new JobException(
                    ExitCode.USAGE,
                    firstParagraph(e.getMessage()),
                    "Spark does not understand the query",
                    "correct it; tables and columns are listed in data-schema/",
                    e);
        }
    }

    /** Spark's Java signature hides that this throws. */
    private Dataset<Row> analysed(SparkSession spark) throws AnalysisException {
        return spark.sql(query);
    }
}
