package org.demur.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.demur.TestSpark;
import org.demur.config.JobFile;
import org.demur.runtime.ModelRegistry;
import org.demur.runtime.Progress;
import org.demur.schema.Table;
import org.demur.table.RunId;
import org.demur.table.Sha256;
import org.demur.table.Warehouse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Tuple2;

/** The same job file gives the same tables on one slot, on two, and on two executor processes. */
@Tag("cluster")
class LocalClusterTest {
    private static final String JOB =
            """
            model.path = "classpath:/org/demur/embedded/demur-tiny-refuser.Q8_0.gguf"
            study.stages = [prompts, extract, train]
            let.prompts = "src/main/resources/org/demur/embedded/prompts"
            prompts.sets = [
              { name = harmful, path = ${let.prompts}"/harmful_val.jsonl", limit = 20, uses = [corpus] }
              { name = harmless, path = ${let.prompts}"/harmless_train.jsonl", limit = 20, with-response = true, uses = [corpus] }
              { name = text, path = ${let.prompts}"/text.txt", limit = 4, window-tokens = 64, uses = [corpus] }
            ]
            extract { layers = [2, 5], shards = 3, max-tokens-per-batch = 256, dtype = f32 }
            train { features = 96, k = 4, epochs = 2, batch-rows = 64, shards = 2, held-out-fraction = 0.1 }
            """;

    @TempDir
    Path folder;

    @AfterAll
    static void endTheCluster() {
        TestSpark.session().stop();
    }

    /** Content digests of the tables, SHA-256 of the dictionaries' files. */
    private record Outcome(Map<Table, String> digests, List<String> dictionaries, Warehouse warehouse, RunId extract) {}

    private Outcome study(SparkSession spark, String name) throws IOException {
        Path job = Files.writeString(folder.resolve("job.conf"), JOB);
        StudyConfig config =
                StudyConfig.from(JobFile.read(job, List.of("study.warehouse=\"" + folder.resolve(name) + "\"")));
        StudyPlan plan = StudyPlan.of(config);
        StudyRun run = new StudyRun(plan, () -> spark, Progress.SILENT, new IgnoredEvents());
        run.all();
        RunId extract = plan.stage("extract").run();
        Map<Table, String> digests = new TreeMap<>();
        for (Table table : List.of(Table.ACTIVATIONS, Table.ACTIVATION_STATS, Table.QUARANTINE)) {
            digests.put(table, run.catalog().manifest(table, extract).contentDigest());
        }
        RunId train = plan.stage("train").run();
        digests.put(
                Table.SAE_TRAINING,
                run.catalog().manifest(Table.SAE_TRAINING, train).contentDigest());
        Warehouse warehouse = new Warehouse(spark, run.catalog());
        List<String> dictionaries = new ArrayList<>();
        for (int layer : List.of(2, 5)) {
            Path file = warehouse.files("saes", train).resolve("layer=" + layer).resolve("sae_weights.safetensors");
            dictionaries.add(HexFormat.of().formatHex(Sha256.of(Files.readAllBytes(file))));
        }
        return new Outcome(digests, dictionaries, warehouse, extract);
    }

    @Test
    void masterDoesNotChangeTheTables() throws IOException {
        Outcome one = study(TestSpark.restart("local[1]"), "one");
        Outcome two = study(TestSpark.restart("local[2,4]"), "two");
        SparkSession cluster = TestSpark.restart("local-cluster[2,1,2048]");
        Outcome executors = study(cluster, "executors");

        assertThat(one.extract()).isEqualTo(two.extract()).isEqualTo(executors.extract());
        assertThat(two.digests()).isEqualTo(one.digests());
        assertThat(executors.digests()).isEqualTo(one.digests());
        assertThat(two.dictionaries()).isEqualTo(one.dictionaries());
        assertThat(executors.dictionaries()).isEqualTo(one.dictionaries());
        assertThat(executors
                        .warehouse()
                        .manifest(Table.ACTIVATIONS, one.extract())
                        .rows())
                .isGreaterThan(1000);
        assertThat(loadsByProcess(cluster)).hasSize(2).containsValue(1L).doesNotContainValue(2L);
        assertThat(digestWithOneFailure(executors)).isEqualTo(one.digests().get(Table.ACTIVATIONS));
    }

    private static Map<Long, Long> loadsByProcess(SparkSession spark) {
        List<Integer> slots = IntStream.range(0, 16).boxed().toList();
        Map<Long, Long> loads = new TreeMap<>();
        JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(slots, slots.size())
                .map(slot -> {
                    Thread.sleep(50);
                    return new Tuple2<>(ProcessHandle.current().pid(), ModelRegistry.loads());
                })
                .collect()
                .forEach(entry -> loads.put(entry._1(), entry._2()));
        return loads;
    }

    /** Publishes the same rows again under another run, from tasks of which each fails at its first attempt. */
    private static String digestWithOneFailure(Outcome outcome) {
        RunId again = RunId.of("again");
        JavaRDD<Row> rows = outcome.warehouse()
                .read(Table.ACTIVATIONS, outcome.extract())
                .toJavaRDD()
                .mapPartitions(partition -> {
                    if (TaskContext.get().attemptNumber() == 0) {
                        throw new IllegalStateException("The first attempt fails");
                    }
                    return partition;
                });
        outcome.warehouse()
                .publish(
                        Table.ACTIVATIONS,
                        again,
                        SparkSession.active().createDataFrame(rows, Table.ACTIVATIONS.schema()));
        return outcome.warehouse().manifest(Table.ACTIVATIONS, again).contentDigest();
    }
}
