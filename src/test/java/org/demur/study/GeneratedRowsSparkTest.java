package org.demur.study;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.TestSpark;
import org.demur.config.JobFile;
import org.demur.runtime.Progress;
import org.demur.schema.Table;
import org.demur.table.RunId;
import org.demur.table.Sha256;
import org.demur.table.Warehouse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dictionary trained on vectors that the model computes while it is trained is the one trained on stored vectors. */
class GeneratedRowsSparkTest {
    private static final String JOB =
            """
            model.path = "classpath:/org/demur/embedded/demur-tiny-refuser.Q8_0.gguf"
            study.stages = [prompts, extract, train, evaluate]
            let.prompts = "src/main/resources/org/demur/embedded/prompts"
            prompts.sets = [
              { name = harmful, path = ${let.prompts}"/harmful_val.jsonl", limit = 20, uses = [corpus] }
              { name = harmless, path = ${let.prompts}"/harmless_train.jsonl", limit = 20, with-response = true, uses = [corpus] }
              { name = text, path = ${let.prompts}"/text.txt", limit = 4, window-tokens = 64, uses = [corpus] }
            ]
            extract { layers = [2, 5], shards = 3, max-tokens-per-batch = 256, sample-rows = 800, held-out-fraction = 0.1 }
            train {
              features = 96, k = 4, epochs = 2, batch-rows = 64, shards = 2, held-out-fraction = 0.1
              window-rows = 512, sample-rows = 200
            }
            evaluate { rows = 100, loss-tokens = 0, divergence-tokens = 0, shards = 2 }
            """;

    @TempDir
    Path folder;

    private record Outcome(RunId extract, RunId train, RunId evaluate, Warehouse warehouse) {
        String dictionary(int layer) throws IOException {
            Path file = warehouse.files("saes", train).resolve("layer=" + layer).resolve("sae_weights.safetensors");
            return HexFormat.of().formatHex(Sha256.of(Files.readAllBytes(file)));
        }

        Dataset<Row> activations() {
            return warehouse.read(Table.ACTIVATIONS, extract);
        }

        /** Figures that depend on the rows of a split alone. */
        List<Row> metrics(boolean heldOut) {
            return warehouse
                    .read(Table.SAE_METRICS, evaluate)
                    .where(col("held_out").equalTo(heldOut))
                    .orderBy("layer")
                    .select("layer", "rows", "l0", "cosine", "mse")
                    .collectAsList();
        }

        String facts(int layer) {
            return warehouse.manifest(Table.SAE_TRAINING, train).facts().get("layer " + layer);
        }
    }

    private Outcome study(String... more) throws IOException {
        Path job = Files.writeString(folder.resolve("job.conf"), JOB + String.join("\n", more));
        StudyConfig config =
                StudyConfig.from(JobFile.read(job, List.of("study.warehouse=\"" + folder.resolve("warehouse") + "\"")));
        StudyPlan plan = StudyPlan.of(config);
        StudyRun run = new StudyRun(plan, TestSpark::session, Progress.SILENT, new IgnoredEvents());
        run.all();
        return new Outcome(
                plan.stage("extract").run(),
                plan.stage("train").run(),
                plan.stage("evaluate").run(),
                new Warehouse(TestSpark.session(), run.catalog()));
    }

    @Test
    void generatedRowsTrainTheDictionaryOfStoredRows() throws IOException {
        Outcome stored = study();
        Outcome generated = study("extract.vectors = sample");

        assertThat(generated.extract()).isNotEqualTo(stored.extract());
        assertThat(stored.activations().where("vector is null").count()).isZero();
        assertThat(generated.activations().count())
                .isEqualTo(stored.activations().count());
        assertThat(generated.activations().where("vector is null").count())
                .isGreaterThan(generated.activations().count() / 3);
        assertThat(norms(generated)).isEqualTo(norms(stored));
        for (int layer : List.of(2, 5)) {
            assertThat(generated.dictionary(layer)).isEqualTo(stored.dictionary(layer));
            assertThat(generated.facts(layer).replaceAll("wait.*", ""))
                    .isEqualTo(stored.facts(layer).replaceAll("wait.*", ""));
        }
        assertThat(generated.metrics(true)).isEqualTo(stored.metrics(true)).hasSize(2);
        assertThat(generated.metrics(false))
                .allSatisfy(row -> assertThat(row.getLong(1)).isBetween(60L, 140L));
    }

    private static List<Row> norms(Outcome outcome) {
        return outcome.warehouse()
                .read(Table.ACTIVATION_STATS, outcome.extract())
                .drop("mean_vector")
                .orderBy("layer", "hook", "token_class")
                .collectAsList();
    }
}
