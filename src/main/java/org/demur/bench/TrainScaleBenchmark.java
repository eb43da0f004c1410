package org.demur.bench;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.demur.config.ConfigSection;
import org.demur.engine.ModelSpec;
import org.demur.runtime.NativeSettings;
import org.demur.runtime.Progress;
import org.demur.runtime.RunSeed;
import org.demur.runtime.SparkSessions;
import org.demur.runtime.StageContext;
import org.demur.sae.Sae;
import org.demur.schema.Table;
import org.demur.schema.VectorDtype;
import org.demur.table.Catalog;
import org.demur.table.RunId;
import org.demur.table.Warehouse;
import org.demur.training.TrainSettings;
import org.demur.training.TrainStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Runs the train stage on rows of an .npy file with executors of one thread each, once for every setting of a round, and says
 * how long it took and how good the dictionaries are on other rows. Executors run before the clock starts; reading the rows
 * counts.
 */
@Command(name = "train-scale", description = "Times the train stage with one and with two executors of one thread.")
final class TrainScaleBenchmark implements Runnable {
    private static final RunId EXTRACT = RunId.of("{\"rows\":\"npy\"}");
    private static final int LAYER = 15;
    private static final int ROWS_PER_PROMPT = 128;

    @Spec
    private CommandSpec command;

    @Option(names = "--rows", required = true, paramLabel = "FILE", description = "fp32 matrix to train on.")
    private Path rows;

    @Option(names = "--held-out", required = true, paramLabel = "FILE", description = "fp32 matrix to evaluate on.")
    private Path heldOut;

    @Option(names = "--folder", required = true, paramLabel = "DIR", description = "Where tables are kept.")
    private Path folder;

    @Option(names = "--limit", defaultValue = "400000", description = "Rows used (${DEFAULT-VALUE}).")
    private int limit;

    @Option(names = "--executors", split = ",", defaultValue = "1,2", description = "Executors (${DEFAULT-VALUE}).")
    private List<Integer> executors;

    @Option(names = "--train", required = true, description = "Settings of section train, as HOCON; may be repeated.")
    private List<String> settings;

    @Option(names = "--runs", defaultValue = "1", description = "Rounds (${DEFAULT-VALUE}).")
    private int runs;

    @Override
    public void run() {
        NativeSettings.apply(1);
        publishRows();
        for (int run = 0; run < runs; run++) {
            for (String train : settings) {
                for (int count : executors) {
                    report(train, count, run);
                }
            }
        }
    }

    private Warehouse warehouse(SparkSession spark) {
        return new Warehouse(spark, new Catalog(folder.toAbsolutePath().toString(), new Configuration()));
    }

    /** Publishes the rows as the extract stage would, unless the folder has them. */
    private void publishRows() {
        if (Files.isDirectory(folder.resolve("activations"))) {
            return;
        }
        SparkSession spark = SparkSessions.start("local[2]", 1);
        String file = rows.toAbsolutePath().toString();
        int width;
        int count;
        try (NpyRows source = NpyRows.open(rows)) {
            width = source.width();
            count = Math.min(limit, source.rows());
        }
        List<Integer> prompts =
                IntStream.range(0, count / ROWS_PER_PROMPT).boxed().toList();
        JavaRDD<Row> vectors = JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(prompts, 8)
                .mapPartitions(some -> {
                    List<Row> all = new ArrayList<>();
                    try (NpyRows source = NpyRows.open(Path.of(file))) {
                        some.forEachRemaining(prompt -> all.addAll(prompt(source, prompt)));
                    }
                    return all.iterator();
                });
        warehouse(spark)
                .publish(Table.ACTIVATIONS, EXTRACT, spark.createDataFrame(vectors, Table.ACTIVATIONS.schema()));
        // The median of the norms bounds outliers only, and none are left out here.
        Row statistics = RowFactory.create(
                LAYER, "resid_post", "all", (long) count, 1.0, 1.0, 1.0, 1.0, 1.0, 0L, new Float[width]);
        Object[] values = IntStream.range(0, statistics.length())
                .mapToObj(statistics::get)
                .toArray();
        values[values.length - 1] = IntStream.range(0, width).mapToObj(c -> 0f).toList();
        warehouse(spark)
                .publish(
                        Table.ACTIVATION_STATS,
                        EXTRACT,
                        spark.createDataFrame(List.of(RowFactory.create(values)), Table.ACTIVATION_STATS.schema()));
        spark.stop();
    }

    private static List<Row> prompt(NpyRows source, int prompt) {
        int width = source.width();
        float[] x = new float[ROWS_PER_PROMPT * width];
        source.read(prompt * ROWS_PER_PROMPT, ROWS_PER_PROMPT, x);
        List<Row> all = new ArrayList<>();
        for (int t = 0; t < ROWS_PER_PROMPT; t++) {
            double square = 0;
            for (int c = t * width; c < (t + 1) * width; c++) {
                square += (double) x[c] * x[c];
            }
            byte[] vector = VectorDtype.BF16.encode(x, t * width, width);
            float norm = (float) Math.sqrt(square);
            all.add(RowFactory.create(
                    LAYER, "resid_post", "npy", "p" + prompt, "text", t, 0, "content", norm, vector, "bf16", width));
        }
        return all;
    }

    private void report(String train, int count, int run) {
        SparkSession spark = SparkSessions.start("local-cluster[" + count + ",1,4096]", 1);
        try {
            JavaSparkContext.fromSparkContext(spark.sparkContext())
                    .parallelize(IntStream.range(0, 8 * count).boxed().toList(), 8 * count)
                    .foreach(slot -> Thread.sleep(200));
            Warehouse warehouse = warehouse(spark);
            RunId id = RunId.of("{\"run\":" + System.nanoTime() + "}");
            ConfigSection section = ConfigSection.root(ConfigFactory.parseString(train)
                    .withFallback(
                            ConfigFactory.parseString("epochs = 1, held-out-fraction = 0, outlier-multiple = 1e9"))
                    .withFallback(
                            ConfigFactory.parseResources("defaults/train.conf").getConfig("train"))
                    .resolve());
            StageContext context = new StageContext(
                    spark,
                    warehouse,
                    id,
                    Map.of("extract", EXTRACT),
                    new ModelSpec("none", "none", 1),
                    new RunSeed(7),
                    Progress.SILENT);
            long start = System.nanoTime();
            new TrainStage(TrainSettings.from(section)).execute(context);
            double wall_s = (System.nanoTime() - start) / 1e9;
            Map<String, String> facts =
                    warehouse.manifest(Table.SAE_TRAINING, id).facts();
            print("%s | %d executors, run %d: %.2f s; %s", train, count, run, wall_s, facts.get("layer 15 time"));
            print("  held out: %s", heldOut(warehouse.files("saes", id)));
        } finally {
            SparkSessions.stop();
        }
    }

    private Map<String, Object> heldOut(Path saes) {
        try (NpyRows others = NpyRows.open(heldOut)) {
            return HeldOutFigures.of(Sae.read(saes.resolve("layer=" + LAYER)), others);
        }
    }

    private void print(String format, Object... values) {
        command.commandLine().getOut().println(String.format(Locale.ROOT, format, values));
        command.commandLine().getOut().flush();
    }
}
