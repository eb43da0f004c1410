package org.demur.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.apache.spark.sql.Row;
import org.demur.JobException;
import org.demur.TestSpark;
import org.demur.edit.HookPoint;
import org.demur.engine.ModelSpec;
import org.demur.runtime.Progress;
import org.demur.runtime.RunSeed;
import org.demur.runtime.StageContext;
import org.demur.sae.Sae;
import org.demur.schema.Table;
import org.demur.table.Catalog;
import org.demur.table.RunId;
import org.demur.table.Sha256;
import org.demur.table.Warehouse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stage with the native product, on two task slots and on one. */
class TrainStageSparkTest {
    private static final RunId RUN = RunId.of("{\"train\":1}");

    @TempDir
    Path folder;

    private Warehouse warehouse;

    @BeforeEach
    void publishActivations() {
        warehouse = new Warehouse(TestSpark.session(), new Catalog(folder.toString(), new Configuration()));
        SyntheticActivations.publish(warehouse, List.of(3, 5), 3);
    }

    private StageContext context(RunId run) {
        return new StageContext(
                TestSpark.session(),
                warehouse,
                run,
                Map.of("extract", SyntheticActivations.RUN),
                new ModelSpec("none", "none", 1),
                new RunSeed(7),
                Progress.SILENT);
    }

    private static TrainSettings settings(String more) {
        return LayerTrainingSparkTest.settings("outlier-multiple = 10\n" + more);
    }

    @Test
    void publishesADictionaryAndACurveForEveryLayer() throws Exception {
        new TrainStage(settings("")).execute(context(RUN));

        Path saes = warehouse.files("saes", RUN);
        for (int layer : List.of(3, 5)) {
            Sae sae = Sae.read(saes.resolve("layer=" + layer));
            assertThat(sae.layer()).isEqualTo(layer);
            assertThat(sae.F()).isEqualTo(96);
            assertThat(Sae.provenance(saes.resolve("layer=" + layer)))
                    .containsEntry("extract_run", SyntheticActivations.RUN.value());
        }
        List<Row> curve = warehouse
                .read(Table.SAE_TRAINING, RUN)
                .orderBy("layer", "step")
                .select("layer", "step", "fvu", "l0")
                .collectAsList();
        assertThat(curve.get(0).getInt(0)).isEqualTo(3);
        assertThat(curve.get(0).getInt(1)).isEqualTo(1);
        assertThat(curve.get(0).getDouble(3)).isBetween(3.0, 4.0);
        assertThat(warehouse.manifest(Table.SAE_TRAINING, RUN).facts().get("layer 3"))
                .contains("1 outliers");
        assertThat(Files.exists(folder.resolve("_scratch").resolve(RUN.value())))
                .isFalse();
    }

    @Test
    void oneWorkerAndTwoWorkersPublishTheSameContent() {
        new TrainStage(settings("layers = [3]")).execute(context(RUN));
        String two = warehouse.manifest(Table.SAE_TRAINING, RUN).contentDigest();
        RunId again = RunId.of("{\"train\":2}");
        TestSpark.session().sparkContext().setLocalProperty(TrainStage.WORKERS, "1");
        try {
            new TrainStage(settings("layers = [3]")).execute(context(again));
        } finally {
            TestSpark.session().sparkContext().setLocalProperty(TrainStage.WORKERS, null);
        }
        assertThat(warehouse.manifest(Table.SAE_TRAINING, again).contentDigest())
                .isEqualTo(two);
    }

    @Test
    void aTranscoderPredictsTheSecondPointOfEveryToken() throws Exception {
        Warehouse pairs = new Warehouse(
                TestSpark.session(), new Catalog(folder.resolve("pairs").toString(), new Configuration()));
        SyntheticActivations.publishPairs(pairs, 4, 3);
        Warehouse singles = warehouse;
        warehouse = pairs;
        try {
            new TrainStage(settings("output-hook = mlp_out, learning-rate = 0.01, epochs = 20")).execute(context(RUN));
        } finally {
            warehouse = singles;
        }
        Path published = pairs.files("saes", RUN).resolve("layer=4");
        assertThat(Sae.read(published).isTranscoder()).isTrue();
        assertThat(Sae.read(published).at()).isEqualTo(HookPoint.residPost(4));
        var provenance = Sae.provenance(published);
        assertThat(provenance).containsEntry("output_hook", "mlp_out");
        assertThat(Double.parseDouble(provenance.get("held_out_fvu"))).isBetween(0.0, 0.5);
        assertThat(Double.parseDouble(provenance.get("held_out_l0"))).isBetween(3.0, 4.0);
    }

    @Test
    void aCrosscoderTellsFeaturesOfOneModelFromThoseOfBoth() throws Exception {
        SyntheticActivations.publishSecond(warehouse, 3, 7);
        String second = "layers = [3], second-extract = " + SyntheticActivations.SECOND.value();
        new TrainStage(settings(second + ", learning-rate = 0.01, epochs = 40")).execute(context(RUN));

        Path published = warehouse.files("crosscoders", RUN).resolve("layer=3");
        assertThat(Sae.read(published).d()).isEqualTo(2 * SyntheticActivations.WIDTH);
        var provenance = Sae.provenance(published);
        assertThat(provenance).containsEntry("second_extract_run", SyntheticActivations.SECOND.value());
        assertThat(Double.parseDouble(provenance.get("held_out_fvu"))).isBetween(0.0, 0.5);
        List<Row> owners = warehouse
                .read(Table.CROSSCODER_FEATURES, RUN)
                .groupBy("owner")
                .count()
                .orderBy("owner")
                .collectAsList();
        Map<String, Long> counts = new TreeMap<>();
        owners.forEach(row -> counts.put(row.getString(0), row.getLong(1)));
        assertThat(counts.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(96);
        assertThat(counts.get("first")).isGreaterThan(8);
        assertThat(counts.get("shared")).isGreaterThan(32);
        assertThat(counts.getOrDefault("second", 0L)).isLessThan(5);
    }

    @Test
    void refusesASecondModelOfOtherTokens() {
        SyntheticActivations.publishSecond(warehouse, 3, 8);
        String second = "layers = [3], second-extract = " + SyntheticActivations.SECOND.value();
        assertThatThrownBy(() -> new TrainStage(settings(second)).execute(context(RUN)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("1200 tokens at")
                .hasMessageContaining("same tokenizer");
    }

    @Test
    void refusesATranscoderOfASinglePoint() {
        assertThatThrownBy(() -> new TrainStage(settings("output-hook = mlp_out")).execute(context(RUN)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("[resid_post]")
                .hasMessageContaining("train.output-hook");
    }

    private List<String> dictionaries(RunId run) throws IOException {
        try (Stream<Path> files = Files.walk(warehouse.files("saes", run))) {
            return files.filter(file -> file.toString().endsWith("sae_weights.safetensors"))
                    .sorted()
                    .map(file -> file.getParent().getFileName() + " " + digest(file))
                    .toList();
        }
    }

    private static String digest(Path file) {
        try {
            return HexFormat.of().formatHex(Sha256.of(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void manyDictionariesHaveTheBitsOfTheSynchronousOnes() throws Exception {
        String lists = "layers = [3], features = [96, 64], k = [4, 6], seeds = [0, 5], epochs = 1\n";
        new TrainStage(settings(lists + "mode = many")).execute(context(RUN));
        RunId again = RunId.of("{\"train\":2}");
        new TrainStage(settings(lists + "mode = synchronous")).execute(context(again));
        assertThat(dictionaries(RUN))
                .hasSize(8)
                .doesNotHaveDuplicates()
                .isEqualTo(dictionaries(again))
                .anyMatch(name -> name.startsWith("layer=3 "))
                .anyMatch(name -> name.startsWith("layer=3,features=64,k=6,seed=5 "));
        List<Row> trained = warehouse
                .read(Table.SAE_TRAINING, RUN)
                .groupBy("layer", "sae", "features", "k", "seed")
                .count()
                .collectAsList();
        assertThat(trained).hasSize(8);
        Map<String, String> facts = warehouse.manifest(Table.SAE_TRAINING, RUN).facts();
        assertThat(facts).containsEntry("mode", "many (set by train.mode)");
        assertThat(facts.get("layer 3, features=64,k=6,seed=5 time")).contains("1 workers", "communication_seconds");
    }

    @Test
    void aRefusalInABarrierStageKeepsItsWords() {
        assertThatThrownBy(
                        () -> new TrainStage(settings("learning-rate = 1e30, optimiser = adam")).execute(context(RUN)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Training of layer 3 diverged at step 2 in shard")
                .hasMessageContaining("lower train.learning-rate");
    }

    @Test
    void refusesLayersThatWereNotExtracted() {
        assertThatThrownBy(() -> new TrainStage(settings("layers = [4]")).execute(context(RUN)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("[4]")
                .hasMessageContaining("[3, 5]");
    }

    @Test
    void refusesFewerRowsThanAMinibatchHas() {
        assertThatThrownBy(() -> new TrainStage(settings("batch-rows = 4096")).execute(context(RUN)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("training rows for minibatches of 4096");
    }
}
