package org.demur.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.demur.TestSpark;
import org.demur.engine.ModelSpec;
import org.demur.runtime.Progress;
import org.demur.runtime.RunSeed;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.table.Catalog;
import org.demur.table.RunId;
import org.demur.table.Sha256;
import org.demur.table.Warehouse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way of sharing the work gives the same dictionaries on one slot, on two executors and on four. */
@Tag("cluster")
class TrainModesClusterTest {
    private static final Map<String, Integer> DICTIONARIES = Map.of(
            "mode = synchronous", 1,
            "mode = rounds", 1,
            "mode = rounds, optimiser = adam, outer-learning-rate = 0.7, outer-momentum = 0.9", 1,
            "mode = many, features = [96, 64], k = [4, 6]", 4);

    @TempDir
    Path folder;

    @AfterAll
    static void endTheCluster() {
        TestSpark.session().stop();
    }

    @Test
    void executorsDoNotChangeTheDictionaries() {
        SyntheticActivations.publish(warehouse(TestSpark.session()), List.of(5), 3);
        Map<String, List<String>> one = all("local[1]");
        one.forEach((settings, digests) -> assertThat(digests).hasSize(DICTIONARIES.get(settings) + 1));
        assertThat(all("local-cluster[2,1,1024]")).isEqualTo(one);
        assertThat(all("local-cluster[4,1,1024]")).isEqualTo(one);
    }

    private Warehouse warehouse(SparkSession spark) {
        return new Warehouse(spark, new Catalog(folder.toString(), new Configuration()));
    }

    private Map<String, List<String>> all(String master) {
        SparkSession spark = TestSpark.restart(master);
        Map<String, List<String>> digests = new TreeMap<>();
        for (String settings : new TreeMap<>(DICTIONARIES).keySet()) {
            digests.put(settings, train(spark, master, settings));
        }
        return digests;
    }

    /** Digests of the dictionaries and of the curve. */
    private List<String> train(SparkSession spark, String master, String settings) {
        Warehouse warehouse = warehouse(spark);
        RunId run = RunId.of("[\"" + master + "\",\"" + settings + "\"]");
        StageContext context = new StageContext(
                spark,
                warehouse,
                run,
                Map.of("extract", SyntheticActivations.RUN),
                new ModelSpec("none", "none", 1),
                new RunSeed(7),
                Progress.SILENT);
        new TrainStage(LayerTrainingSparkTest.settings("epochs = 1\n" + settings)).execute(context);
        String curve = warehouse.manifest(Table.SAE_TRAINING, run).contentDigest();
        try (Stream<Path> files = Files.walk(warehouse.files("saes", run))) {
            Stream<String> weights = files.filter(file -> file.toString().endsWith("sae_weights.safetensors"))
                    .sorted()
                    .map(TrainModesClusterTest::digest);
            return Stream.concat(weights, Stream.of(curve)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String digest(Path file) {
        try {
            return HexFormat.of().formatHex(Sha256.of(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
