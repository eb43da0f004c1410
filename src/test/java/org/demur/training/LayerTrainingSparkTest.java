package org.demur.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.demur.TestSpark;
import org.demur.config.ConfigSection;
import org.demur.corpus.SampleOrder;
import org.demur.corpus.UnitTable;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.rows.RowFacts;
import org.demur.rows.RowFilter;
import org.demur.rows.RowInput;
import org.demur.rows.RowOrigin;
import org.demur.sae.Activation;
import org.demur.sae.HeldOutPrompts;
import org.demur.sae.LaneProduct;
import org.demur.sae.Sae;
import org.demur.sae.WorkCrew;
import org.demur.sae.train.Collective;
import org.demur.schema.Table;
import org.demur.schema.VectorDtype;
import org.demur.table.Catalog;
import org.demur.table.Sha256;
import org.demur.table.Warehouse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trains on published Parquet files, with different workers, threads, exchanges and interruptions. */
class LayerTrainingSparkTest {
    private static final int SHARDS = 4;

    @TempDir
    Path folder;

    private Warehouse warehouse;

    @BeforeEach
    void publishActivations() {
        warehouse = new Warehouse(
                TestSpark.session(), new Catalog(folder.resolve("a").toString(), new Configuration()));
        SyntheticActivations.publish(warehouse, List.of(5), 3);
    }

    static TrainSettings settings(String more) {
        String defaults =
                "layers = [], hook = auto, output-hook = none, second-extract = none, ema-decay = 0, resample-every-steps = 0, architecture = topk, conventions = demur, sparsity-weight = auto, bandwidth = auto,"
                        + " sparsity-warm-up-fraction = 0, bias-rate = 1, decoder-bias-rate = 1, encoder-norm = 1, input-scaling = norm-root-d, pre-bias = geometric-median, features = 96, k = 4, seeds = [0], mode = synchronous, round-steps = 5, outer-learning-rate = 1, outer-momentum = 0, assumed-gigaflops = 80, assumed-mib-per-second = 800, exchange-share = 0.25, epochs = 3, batch-rows = 128, shards = "
                        + SHARDS
                        + ", optimiser = schedule-free, learning-rate = 0.004, warm-up-fraction = 0.05, decay-fraction = 0.2,"
                        + " dead-after-rows = 300, auxiliary-k = 8, auxiliary-weight = 0.03125, held-out-fraction = 0.1,"
                        + " outlier-multiple = 10, exclude-classes = [bos], row-dtype = bf16,"
                        + " memory-mib = 1, window-rows = 300, sample-rows = 8192, checkpoint-every-steps = 4, log-every-steps = 2";
        return TrainSettings.from(ConfigSection.parse(defaults + "\n" + more));
    }

    private LayerJob job(Warehouse from, String name, TrainSettings settings) {
        String root = folder.resolve("a").equals(Path.of(from.catalog().root().toUri()))
                ? folder.resolve("a").toString()
                : folder.resolve("b").toString();
        List<String> files = from.manifest(Table.ACTIVATIONS, SyntheticActivations.RUN).files().stream()
                .map(file -> root + "/activations/run=" + SyntheticActivations.RUN + "/" + file.path())
                .toList();
        return job(files, settings, folder.resolve("checkpoints-" + name), folder.resolve(name));
    }

    /** A job on those files that writes into these folders. */
    static LayerJob job(List<String> files, TrainSettings settings, Path checkpoints, Path target) {
        RowInput input = new RowInput(
                HookPoint.residPost(5),
                SyntheticActivations.WIDTH,
                files,
                new RowFilter(30, List.of("bos"), new HeldOutPrompts(1, 0.1)),
                new RowInput.Corpus(
                        UnitTable.of(List.of()),
                        new RowOrigin.Stored(),
                        new RowInput.Sampling(
                                new SampleOrder(1), settings.rows().sampleRows())));
        return new LayerJob(
                new LayerJob.Rows(input, new Beside.Nothing()),
                settings,
                settings.variants().all().get(0),
                settings.mode().mode().orElseThrow(),
                new LayerJob.Seeds(99, 99),
                new LayerJob.Folders("digest " + settings.json(), checkpoints.toString(), target.toString()),
                Map.of("run", "r1"));
    }

    private LayerResult alone(LayerJob job, int threads) {
        try (WorkCrew crew = new WorkCrew(threads)) {
            return LayerTraining.run(job, Collective.alone(), crew, LaneProduct::new, rows -> {});
        }
    }

    private void together(LayerJob job, List<Collective> workers) throws Exception {
        Workers.all(workers, worker -> {
            try (WorkCrew crew = new WorkCrew(1)) {
                return LayerTraining.run(job, worker, crew, LaneProduct::new, rows -> {});
            }
        });
    }

    private String digest(String name) throws Exception {
        byte[] bytes = Files.readAllBytes(folder.resolve(name).resolve("sae_weights.safetensors"));
        return HexFormat.of().formatHex(Sha256.of(bytes));
    }

    @Test
    void anyNumberOfWorkersThreadsAndKindOfExchangeGivesTheSameBytes() throws Exception {
        LayerResult result = alone(job(warehouse, "one", settings("")), 1);
        alone(job(warehouse, "threads", settings("")), 3);
        together(job(warehouse, "two", settings("")), Workers.local("two", 2));
        together(job(warehouse, "four", settings("")), Workers.local("four", 4));
        together(job(warehouse, "sockets", settings("")), Workers.sockets(3));

        for (String name : List.of("threads", "two", "four", "sockets")) {
            assertThat(digest(name)).as(name).isEqualTo(digest("one"));
        }
        RowFacts facts = result.counts().rows();
        assertThat(facts.leftOut().outliers()).isEqualTo(1);
        assertThat(facts.leftOut().heldOut()).isPositive();
        assertThat(facts.rows() * 3L - result.counts().unusedRows()).isEqualTo(facts.steps() * 128L);
        assertThat(result.counts().unusedRows()).isLessThan(128 + 3 * SHARDS);
        CurvePoint last = result.curve().get(result.curve().size() - 1);
        assertThat(last.fvu()).isLessThan(0.9 * result.curve().get(0).fvu());
        assertThat(last.step()).isEqualTo(facts.steps());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "optimiser = adam, outer-learning-rate = 0.7, outer-momentum = 0.9",
                "optimiser = schedule-free, outer-learning-rate = 0.9, outer-momentum = 0.5",
                "optimiser = schedule-free"
            })
    void roundsDependOnTheShardsAndNotOnTheWorkers(String rule) throws Exception {
        TrainSettings rounds = settings("mode = rounds\n" + rule);
        LayerResult result = alone(job(warehouse, "one", rounds), 1);
        alone(job(warehouse, "threads", rounds), 3);
        together(job(warehouse, "two", rounds), Workers.local("two", 2));
        together(job(warehouse, "sockets", rounds), Workers.sockets(3));
        together(job(warehouse, "four", rounds), Workers.sockets(4));
        for (String name : List.of("threads", "two", "four", "sockets")) {
            assertThat(digest(name)).as(name).isEqualTo(digest("one"));
        }
        alone(job(warehouse, "synchronous", settings(rule)), 1);
        assertThat(digest("synchronous")).isNotEqualTo(digest("one"));
        List<CurvePoint> curve = result.curve();
        assertThat(curve).extracting(CurvePoint::step).startsWith(1, 2, 4, 6);
        assertThat(curve.get(curve.size() - 1).fvu())
                .isLessThan(0.95 * curve.get(0).fvu());
    }

    @Test
    void roundsGoOnFromACheckpointToTheSameBytes() throws Exception {
        TrainSettings rounds =
                settings("mode = rounds, optimiser = adam, outer-learning-rate = 0.7, outer-momentum = 0.9");
        alone(job(warehouse, "undisturbed", rounds), 1);
        LayerJob job = job(warehouse, "disturbed", rounds);
        List<Collective> failing = Workers.local("failing", 2);
        assertThatThrownBy(() -> together(
                        job,
                        List.of(new FailingCollective(failing.get(0), 21), new FailingCollective(failing.get(1), 21))))
                .hasRootCauseMessage("stopped by the test");
        assertThat(folder.resolve("checkpoints-disturbed")).isNotEmptyDirectory();
        together(job, Workers.local("resumed", 4));
        assertThat(digest("disturbed")).isEqualTo(digest("undisturbed"));
    }

    @Test
    void theLayoutOfTheFilesDoesNotMatter() throws Exception {
        Warehouse other = new Warehouse(
                TestSpark.session(), new Catalog(folder.resolve("b").toString(), new Configuration()));
        SyntheticActivations.publish(other, List.of(5), 1);
        alone(job(warehouse, "three-files", settings("epochs = 1")), 1);
        alone(job(other, "one-file", settings("epochs = 1")), 1);
        assertThat(digest("one-file")).isEqualTo(digest("three-files"));
    }

    @Test
    void rowsOfFullPrecisionAreTrainedOnAsTheyAre() throws Exception {
        Warehouse exact = new Warehouse(
                TestSpark.session(), new Catalog(folder.resolve("b").toString(), new Configuration()));
        SyntheticActivations.publish(exact, List.of(5), 2, VectorDtype.F32);
        alone(job(exact, "rounded", settings("epochs = 1")), 1);
        alone(job(exact, "exact", settings("epochs = 1, row-dtype = f32")), 1);
        together(job(exact, "exact-sockets", settings("epochs = 1, row-dtype = f32")), Workers.sockets(2));
        alone(job(warehouse, "stored-rounded", settings("epochs = 1")), 1);
        assertThat(digest("exact-sockets")).isEqualTo(digest("exact")).isNotEqualTo(digest("rounded"));
        assertThat(digest("rounded")).isEqualTo(digest("stored-rounded"));
    }

    @Test
    void goesOnFromACheckpointToTheSameBytes() throws Exception {
        alone(job(warehouse, "undisturbed", settings("")), 1);
        LayerJob job = job(warehouse, "disturbed", settings(""));
        List<Collective> failing = Workers.local("failing", 2);
        assertThatThrownBy(() -> together(
                        job,
                        List.of(new FailingCollective(failing.get(0), 37), new FailingCollective(failing.get(1), 37))))
                .hasRootCauseMessage("stopped by the test");
        assertThat(folder.resolve("checkpoints-disturbed")).isNotEmptyDirectory();
        together(job, Workers.local("resumed", 4));
        assertThat(digest("disturbed")).isEqualTo(digest("undisturbed"));
    }

    @Test
    void theThresholdLetsAsManyFeaturesThroughAsTopKSelects() {
        alone(job(warehouse, "threshold", settings("")), 1);
        Sae sae = Sae.read(folder.resolve("threshold"));
        assertThat(sae.layer()).isEqualTo(5);
        assertThat(((Activation.TopK) sae.facts().activation()).threshold()).isPositive();
        List<Row> rows = warehouse
                .read(Table.ACTIVATIONS, SyntheticActivations.RUN)
                .where("token_class = 'content' and norm < 30")
                .select("vector")
                .collectAsList();
        long above = 0;
        FeatureSlice slice = sae.slice(IntStream.range(0, sae.F()).toArray());
        for (Row row : rows) {
            float[] x = VectorDtype.BF16.decode(row.getAs(0));
            for (int j = 0; j < sae.F(); j++) {
                double h = slice.b_enc_M()[j];
                for (int c = 0; c < sae.d(); c++) {
                    h += (double) slice.w_enc_MD()[j * sae.d() + c] * x[c];
                }
                above += h > slice.threshold_M()[j] ? 1 : 0;
            }
        }
        assertThat((double) above / rows.size()).isCloseTo(4.0, within(0.1));
    }

    /** Fails at a given call, as a lost executor would. */
    private static final class FailingCollective implements Collective {
        private final Collective real;
        private int left;

        FailingCollective(Collective real, int calls) {
            this.real = real;
            this.left = calls;
        }

        @Override
        public int rank() {
            return real.rank();
        }

        @Override
        public int size() {
            return real.size();
        }

        @Override
        public <P extends Packet> List<P> exchange(IntFunction<P> packets, PacketReader<P> reader) {
            if (left-- == 0) {
                throw new IllegalStateException("stopped by the test");
            }
            return real.exchange(packets, reader);
        }

        @Override
        public void close() {
            real.close();
        }
    }
}
