package org.demur.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.demur.JobException;
import org.demur.TestSpark;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.engine.ModelSpec;
import org.demur.runtime.Progress;
import org.demur.runtime.RunSeed;
import org.demur.runtime.StageContext;
import org.demur.sae.Activation;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeInput;
import org.demur.sae.format.ImportedSae;
import org.demur.sae.format.SaeFormats;
import org.demur.schema.Table;
import org.demur.table.Catalog;
import org.demur.table.RunId;
import org.demur.table.Warehouse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportStageSparkTest {
    private static final RunId RUN = RunId.of("{\"import\":1}");
    private static final int FEATURES = 48;
    private static final int K = 4;
    private static final Activation RANKING =
            new Activation.TopK(K, Activation.Sign.RECTIFIED, Activation.TopK.UNKNOWN);

    @TempDir
    Path folder;

    private Warehouse warehouse;

    @BeforeEach
    void publishActivations() {
        warehouse = new Warehouse(
                TestSpark.session(), new Catalog(folder.resolve("warehouse").toString(), new Configuration()));
        SyntheticActivations.publish(warehouse, List.of(3, 5), 3);
    }

    private void run(Path... sources) {
        stage(sources)
                .execute(new StageContext(
                        TestSpark.session(),
                        warehouse,
                        RUN,
                        Map.of("extract", SyntheticActivations.RUN),
                        new ModelSpec("none", "none", 1),
                        new RunSeed(7),
                        Progress.SILENT));
    }

    private static ImportStage stage(Path... sources) {
        return new ImportStage(
                LayerTrainingSparkTest.settings("outlier-multiple = 10"),
                List.of(sources).stream().map(Path::toString).toList());
    }

    private static Sae sae(HookPoint at, int width, Activation activation) {
        SplittableRandom random = new SplittableRandom(3);
        float[] rows_FD = new float[FEATURES * width];
        for (int i = 0; i < rows_FD.length; i++) {
            rows_FD[i] = (float) (random.nextDouble() - 0.5);
        }
        return new Sae(
                new SaeFacts(at, activation, SaeInput.centred()),
                rows_FD,
                new float[FEATURES],
                rows_FD,
                new float[width]);
    }

    private Path written(String name, String format, Sae sae) throws IOException {
        Path target = Files.createDirectories(folder.resolve(name));
        SaeFormats.named(format).write(new ImportedSae(sae, Map.of("model_name", "tiny")), target);
        return target;
    }

    @Test
    void publishesForeignDictionariesAndMeasuresThem() throws Exception {
        int width = SyntheticActivations.WIDTH;
        float[] threshold_F = new float[FEATURES];
        run(
                written("layers.3", "sparsify", sae(HookPoint.residPost(3), width, RANKING)),
                written(
                        "five",
                        "dictionary-learning",
                        sae(HookPoint.residPost(5), width, new Activation.Threshold(threshold_F))));

        Path saes = warehouse.files("saes", RUN);
        Activation.TopK ranking =
                (Activation.TopK) Sae.read(saes.resolve("layer=3")).facts().activation();
        assertThat(ranking.k()).isEqualTo(K);
        assertThat(ranking.threshold()).isPositive();
        assertThat(Sae.read(saes.resolve("layer=3")).slice(new int[] {7}).threshold_M())
                .containsExactly(ranking.threshold());
        assertThat(Sae.read(saes.resolve("layer=5")).facts().activation())
                .isEqualTo(new Activation.Threshold(threshold_F));
        assertThat(Sae.provenance(saes.resolve("layer=5")))
                .containsEntry("model_name", "tiny")
                .containsEntry("extract_run", SyntheticActivations.RUN.value())
                .containsKeys("largest_norm", "held_out_seed", "held_out_fraction", "excluded_classes");
        List<Row> measured = warehouse
                .read(Table.SAE_TRAINING, RUN)
                .orderBy("layer")
                .select("layer", "step", "l0", "tokens", "fvu")
                .collectAsList();
        assertThat(measured).hasSize(2);
        assertThat(measured.get(0).getInt(1)).isZero();
        assertThat(measured.get(0).getDouble(2)).isEqualTo(K);
        assertThat(measured.get(1).getDouble(2)).isBetween(15.0, 33.0);
        assertThat(measured.get(0).getLong(3)).isPositive();
        assertThat(measured.get(0).getDouble(4)).isPositive();
    }

    @Test
    void takesTheOneOfTwoExtractedPointsThatADictionaryReads() throws Exception {
        warehouse = new Warehouse(
                TestSpark.session(), new Catalog(folder.resolve("pairs").toString(), new Configuration()));
        SyntheticActivations.publishPairs(warehouse, 4, 3);
        run(written("pair", "saelens", sae(HookPoint.residPost(4), SyntheticActivations.WIDTH, RANKING)));
        assertThat(Sae.read(warehouse.files("saes", RUN).resolve("layer=4")).at())
                .isEqualTo(HookPoint.residPost(4));
    }

    @Test
    void refusesWhatStagesCannotUse() throws Exception {
        int width = SyntheticActivations.WIDTH;
        Path good = written("good", "saelens", sae(HookPoint.residPost(3), width, RANKING));
        refused(
                "reads resid_post of layer 4, which was not extracted",
                written("four", "saelens", sae(HookPoint.residPost(4), width, RANKING)));
        refused(
                "reads resid_pre of layer 3",
                written("pre", "saelens", sae(new HookPoint(Site.RESID_PRE, 3), width, RANKING)));
        refused(
                "no autoencoder of the residual stream",
                written("mlp", "saelens", sae(new HookPoint(Site.MLP_OUT, 3), width, RANKING)));
        refused("has width 16", written("narrow", "saelens", sae(HookPoint.residPost(3), 16, RANKING)));
        refused("second dictionary of layer 3", good, good);
    }

    private void refused(String part, Path... sources) {
        assertThatThrownBy(() -> run(sources)).isInstanceOf(JobException.class).hasMessageContaining(part);
    }

    @Test
    void theContentsDecideTheRunAndNotThePlace() throws Exception {
        Path one = written("one", "saelens", sae(HookPoint.residPost(3), 32, RANKING));
        Path same = written("same", "saelens", sae(HookPoint.residPost(3), 32, RANKING));
        Path other = written("other", "saelens", sae(HookPoint.residPost(5), 32, RANKING));
        assertThat(stage(one).parametersJson()).isEqualTo(stage(same).parametersJson());
        assertThat(stage(one).sourceDigests())
                .isEqualTo(stage(same).sourceDigests())
                .hasSize(2);
        assertThat(stage(one).sourceDigests()).isNotEqualTo(stage(other).sourceDigests());
        assertThatThrownBy(() -> stage(folder.resolve("none")).sourceDigests())
                .isInstanceOf(JobException.class)
                .hasMessageContaining("none cannot be read");
    }
}
