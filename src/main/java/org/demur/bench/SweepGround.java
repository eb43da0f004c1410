package org.demur.bench;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.demur.cells.PromptUses;
import org.demur.config.ConfigSection;
import org.demur.edit.HookPoint;
import org.demur.engine.ModelSpec;
import org.demur.ingest.PromptsSettings;
import org.demur.ingest.PromptsStage;
import org.demur.model.ModelBundle;
import org.demur.model.ModelConfig;
import org.demur.runtime.ModelSource;
import org.demur.runtime.Progress;
import org.demur.runtime.RunSeed;
import org.demur.runtime.SparkSessions;
import org.demur.runtime.StageContext;
import org.demur.sae.Activation;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.demur.sae.SaeInput;
import org.demur.schema.Table;
import org.demur.table.Catalog;
import org.demur.table.RunId;
import org.demur.table.Warehouse;

/** Tables that a sweep reads, made without a study. */
final class SweepGround implements AutoCloseable {
    private static final float THRESHOLD = 20;
    private static final String TURN_DATE = "2024-07-26";

    private final SparkSession spark;
    private final Warehouse warehouse;
    private final ModelSpec model;
    private final Map<String, RunId> inputs = new HashMap<>();
    private PromptUses uses = new PromptUses(Map.of());

    private SweepGround(SparkSession spark, Warehouse warehouse, ModelSpec model) {
        this.spark = spark;
        this.warehouse = warehouse;
        this.model = model;
    }

    /** A session of so many task slots, and a warehouse in the folder. */
    static SweepGround prepare(String model, Path folder, int tasks) {
        SparkSession spark = SparkSessions.start("local[" + tasks + "]", 1);
        Warehouse warehouse =
                new Warehouse(spark, new Catalog(folder.toAbsolutePath().toString(), new Configuration()));
        try (ModelBundle bundle = ModelSource.open(model)) {
            return new SweepGround(spark, warehouse, new ModelSpec(model, bundle.digest(), 1));
        }
    }

    PromptUses uses() {
        return uses;
    }

    StageContext context(RunId run) {
        return new StageContext(spark, warehouse, run, Map.copyOf(inputs), model, new RunSeed(1), Progress.SILENT);
    }

    /** Publishes the first prompts of each file, as test sets. */
    void prompts(List<String> sets, Path data, int count) {
        StringBuilder text = new StringBuilder("prompts.sets = [\n");
        for (String set : sets) {
            text.append(String.format(
                    "{ name = %s, path = \"%s\", limit = %d, uses = [test] }%n",
                    set, data.resolve(set + ".jsonl").toAbsolutePath(), count));
        }
        ConfigSection section = ConfigSection.root(
                        ConfigFactory.parseString(text.append("]").toString())
                                .withFallback(ConfigFactory.parseResources("defaults/prompts.conf"))
                                .resolve())
                .section("prompts");
        uses = PromptUses.from(section);
        inputs.put("prompts", RunId.of("{\"prompts\":\"" + sets + count + "\"}"));
        new PromptsStage(PromptsSettings.from(section, TURN_DATE)).execute(context(inputs.get("prompts")));
    }

    /** Publishes a random direction, and random dictionaries after these blocks. */
    void dictionaries(ModelConfig config, List<Integer> layers, int features) {
        RandomFeatures random = new RandomFeatures(config.dModel(), THRESHOLD);
        RunId run = RunId.of("{\"saes\":\"" + layers + features + "\"}");
        inputs.put("train", run);
        inputs.put("direction", run);
        Path staged = warehouse.stageFiles("saes", run);
        for (int layer : layers) {
            float[] rows_FD = random.slice(layer, features).w_enc_MD();
            float[] threshold_F = new float[features];
            Arrays.fill(threshold_F, THRESHOLD);
            var facts =
                    new SaeFacts(HookPoint.residPost(layer), new Activation.Threshold(threshold_F), SaeInput.plain());
            try {
                Path folder = Files.createDirectories(staged.resolve("layer=" + layer));
                new Sae(facts, rows_FD, new float[features], rows_FD, new float[config.dModel()])
                        .write(folder, Map.of("made", "at random"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        warehouse.publishFiles("saes", run, staged);
        direction(run, config.nLayers(), random.unit(new SplittableRandom(1)));
    }

    private void direction(RunId run, int nLayers, float[] unit_D) {
        List<Float> vector = new ArrayList<>();
        for (float value : unit_D) {
            vector.add(value);
        }
        publish(
                Table.DIRECTIONS,
                run,
                List.of(Map.of(
                        "layer",
                        nLayers - 1,
                        "position",
                        -1,
                        "status",
                        "selected",
                        "vector",
                        vector,
                        "ablate_sites",
                        List.of("resid_post"),
                        "refusal_tokens",
                        List.of(0))));
    }

    /** Publishes disjoint sets of features, each dealt to the layers in turn. */
    void featureSets(List<Integer> layers, int sets, int features) {
        RunId run = RunId.of("{\"sets\":\"" + layers + " " + sets + " " + features + "\"}");
        inputs.put("attribute", run);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int set = 0; set < sets; set++) {
            for (int rank = 1; rank <= features; rank++) {
                rows.add(Map.of(
                        "set_id",
                        "set_" + set,
                        "scope",
                        "global",
                        "rank",
                        rank,
                        "layer",
                        layers.get((rank - 1) % layers.size()),
                        "feature",
                        set * features + rank - 1,
                        "max_activation",
                        1.0));
            }
        }
        publish(Table.FEATURE_SETS, run, rows);
    }

    private void publish(Table table, RunId run, List<Map<String, Object>> rows) {
        List<Row> all = rows.stream()
                .map(row -> RowFactory.create(
                        Stream.of(table.schema().fieldNames()).map(row::get).toArray()))
                .toList();
        warehouse.publishRows(table, run, all);
    }

    @Override
    public void close() {
        SparkSessions.stop();
    }
}
