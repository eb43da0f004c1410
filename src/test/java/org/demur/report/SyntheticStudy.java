package org.demur.report;

import static org.demur.report.SyntheticRows.row;
import static org.demur.report.SyntheticRows.values;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.demur.engine.ModelSpec;
import org.demur.runtime.Progress;
import org.demur.runtime.RunSeed;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.table.Catalog;
import org.demur.table.RunId;
import org.demur.table.Warehouse;

/** A small warehouse with every table of a study, made up to look like a 30-layer model, with hostile text in it. */
final class SyntheticStudy {
    static final String HOSTILE =
            "<img src=x onerror=alert(1)>\"><script>alert(2)</script> javascript:alert(3) \u202Egnp.exe";
    static final String SECRET = "the-text-that-must-stay-masked";
    private static final int N = 100;
    private static final List<Integer> LAYERS = List.of(8, 11, 14, 17, 20, 23);

    private final SparkSession spark;
    private final Warehouse warehouse;
    private final Map<String, RunId> runs = new LinkedHashMap<>();
    private final SplittableRandom random = new SplittableRandom(5);

    private SyntheticStudy(SparkSession spark, Path root) {
        this.spark = spark;
        this.warehouse = new Warehouse(
                spark, new Catalog(root.toString(), spark.sparkContext().hadoopConfiguration()));
        List.of(
                        "prompts",
                        "extract",
                        "train",
                        "evaluate",
                        "direction",
                        "attribute",
                        "tune",
                        "sweep",
                        "score",
                        "capability")
                .forEach(stage -> runs.put(stage, RunId.of(stage)));
    }

    /** Publishes everything and gives the context of the report stage. */
    static StageContext publish(SparkSession spark, Path root) {
        SyntheticStudy study = new SyntheticStudy(spark, root);
        study.inputs();
        study.training();
        study.directions();
        study.attribution();
        study.results();
        study.runs();
        return new StageContext(
                spark,
                study.warehouse,
                RunId.of("report " + root),
                study.runs,
                new ModelSpec("/models/smollm2-135m-refuser.Q8_0.gguf", "c0ffee".repeat(10) + "abcd", 1),
                new RunSeed(7),
                Progress.SILENT);
    }

    private void inputs() {
        List<Row> prompts = new ArrayList<>();
        for (String set : List.of("jailbreakbench", "role-play", "harmless", HOSTILE)) {
            for (int p = 0; p < (set.equals(HOSTILE) ? 2 : N); p++) {
                prompts.add(row(
                        Table.PROMPTS,
                        values(
                                "set_name",
                                set,
                                "prompt_id",
                                "p" + p,
                                "kind",
                                "chat",
                                "label",
                                SyntheticRows.label(set),
                                "category",
                                "c" + p % 10,
                                "n_tokens",
                                20 + p % 9,
                                "source_file",
                                "data.jsonl")));
            }
        }
        publish(Table.PROMPTS, "prompts", prompts);
        publish(
                Table.QUARANTINE,
                "prompts",
                List.of(row(
                        Table.QUARANTINE,
                        values(
                                "stage",
                                "prompts",
                                "set_name",
                                "harmless",
                                "source_file",
                                HOSTILE,
                                "source_line",
                                17L,
                                "row_id",
                                "x",
                                "reason",
                                "empty_prompt",
                                "detail",
                                "0 characters"))));
        List<Row> stats = new ArrayList<>();
        for (int layer : LAYERS) {
            double median = 20 + 6.0 * layer;
            stats.add(row(
                    Table.ACTIVATION_STATS,
                    values(
                            "layer",
                            layer,
                            "hook",
                            "resid_post",
                            "token_class",
                            "all",
                            "n",
                            412_345L,
                            "norm_mean",
                            median * 1.1,
                            "norm_p01",
                            median * 0.7,
                            "norm_p50",
                            median,
                            "norm_p99",
                            median * 1.6,
                            "norm_max",
                            median * 30,
                            "outliers",
                            4L * layer)));
        }
        publish(Table.ACTIVATION_STATS, "extract", stats);
    }

    private void training() {
        List<Row> steps = new ArrayList<>();
        List<Row> metrics = new ArrayList<>();
        for (int layer : LAYERS) {
            for (int step = 1; step <= 300; step++) {
                double fvu = 0.12 + 0.006 * layer + 0.8 * Math.exp(-step / 60.0) + 0.01 * random.nextDouble();
                steps.add(row(
                        Table.SAE_TRAINING,
                        values(
                                "layer",
                                layer,
                                "step",
                                step,
                                "epoch",
                                step / 150,
                                "tokens",
                                step * 2800L,
                                "fvu",
                                fvu,
                                "l0",
                                32.0,
                                "dead_fraction",
                                Math.max(0.02, 0.35 * Math.exp(-step / 90.0) - 0.001 * layer))));
            }
            metrics.add(row(
                    Table.SAE_METRICS,
                    values(
                            "layer",
                            layer,
                            "architecture",
                            "topk",
                            "d",
                            576,
                            "f",
                            4608,
                            "k",
                            32,
                            "rows",
                            20_000L,
                            "held_out",
                            true,
                            "fvu",
                            0.13 + 0.006 * layer,
                            "l0",
                            31.7,
                            "dead_fraction",
                            0.021,
                            "cosine",
                            0.93,
                            "ce_tokens",
                            20_000L,
                            "ce_clean",
                            3.412,
                            "ce_spliced",
                            3.688,
                            "ce_mean_ablated",
                            9.75,
                            "ce_recovered",
                            0.956,
                            "explained_variance",
                            0.87 - 0.006 * layer,
                            "l0_p50",
                            32)));
        }
        publish(Table.SAE_TRAINING, "train", steps);
        publish(Table.SAE_METRICS, "evaluate", metrics);
        SyntheticQuality.publish(warehouse, runs.get("evaluate"), LAYERS);
    }

    private void directions() {
        List<Row> rows = new ArrayList<>();
        String[] tokens = {"\n", "assistant", "<|im_start|>", "\n", HOSTILE};
        for (int layer = 0; layer < 30; layer++) {
            for (int position = -5; position < 0; position++) {
                double peak = Math.exp(-Math.pow((layer - 19) / 6.0, 2)) * (1 + position / 12.0);
                boolean isSelected = layer == 20 && position == -1;
                boolean isLate = layer >= 24;
                rows.add(row(
                        Table.DIRECTIONS,
                        values(
                                "layer",
                                layer,
                                "position",
                                position,
                                "token",
                                tokens[-1 - position],
                                "n_harmful",
                                128,
                                "n_harmless",
                                128,
                                "norm",
                                3.0 + layer,
                                "bypass",
                                isLate ? null : 3 - 9 * peak,
                                "induce",
                                -8 + 12 * peak,
                                "kl",
                                isLate ? null : 0.02 + 0.4 * peak * random.nextDouble(),
                                "status",
                                isSelected ? "selected" : peak > 0.9 ? "kept" : "discarded",
                                "reason",
                                isLate ? "late layer" : null)));
            }
        }
        rows.addAll(SyntheticJudges.otherDirections());
        publish(Table.DIRECTIONS, "direction", rows);
    }

    private void attribution() {
        List<Row> sets = new ArrayList<>();
        List<Row> attributions = new ArrayList<>();
        for (int rank = 1; rank <= 20; rank++) {
            int layer = LAYERS.get((int) (Math.pow(random.nextDouble(), 0.7) * LAYERS.size()));
            sets.add(row(
                    Table.FEATURE_SETS,
                    values(
                            "set_id",
                            "fstar",
                            "scope",
                            "global",
                            "rank",
                            rank,
                            "layer",
                            layer,
                            "feature",
                            random.nextInt(4608),
                            "attribution",
                            2.4 / rank,
                            "cosine",
                            0.62 - 0.02 * rank)));
            attributions.add(row(
                    Table.ATTRIBUTIONS,
                    values(
                            "mode",
                            "corrected",
                            "scope",
                            "global",
                            "set_name",
                            "harmful_train",
                            "layer",
                            layer,
                            "feature",
                            rank,
                            "cosine",
                            0.5,
                            "attribution",
                            2.4 / rank,
                            "rank",
                            rank,
                            "n_prompts",
                            128)));
        }
        publish(Table.FEATURE_SETS, "attribute", sets);
        publish(Table.ATTRIBUTIONS, "attribute", attributions);
    }

    private void results() {
        SyntheticSweep sweep = new SyntheticSweep();
        publish(Table.COMPLETIONS, "sweep", sweep.completions());
        publish(Table.SCORES, "score", sweep.scores());
        publish(Table.SWEEP_SUMMARY, "score", sweep.summaries());
        publish(Table.METHOD_COMPARISON, "score", SyntheticRankings.comparisons());
        publish(Table.RANKING_AGREEMENT, "attribute", SyntheticRankings.agreements());
        publish(Table.JUDGE_RATES, "score", SyntheticJudges.rates());
        publish(Table.JUDGE_AGREEMENT, "score", SyntheticJudges.agreement());
        publish(Table.DIRECTION_STABILITY, "direction", SyntheticJudges.stability());
        publish(Table.TUNING, "tune", SyntheticJudges.tuning());
        publish(Table.CAPABILITY, "capability", SyntheticCapability.capability());
        publish(Table.OVER_REFUSAL, "capability", SyntheticCapability.overRefusal());
    }

    private void runs() {
        runs.forEach((stage, run) -> publish(
                Table.RUNS,
                stage,
                List.of(row(
                        Table.RUNS,
                        values(
                                "stage",
                                stage,
                                "name",
                                "synthetic",
                                "stage_version",
                                1,
                                "parameters",
                                "{\"note\":\"</code><b>" + stage + "\"}",
                                "inputs",
                                Map.of(),
                                "model_digest",
                                "c0ffee",
                                "code_version",
                                "0.1.0",
                                "tables",
                                Map.of("t_" + stage, "0123456789abcdef0123"),
                                "started_at",
                                new Timestamp(0),
                                "seconds",
                                12.5,
                                "host_facts",
                                "{\"java\":\"17\",\"cores\":2}")))));
    }

    private void publish(Table table, String stage, List<Row> rows) {
        warehouse.publish(
                table,
                runs.get(stage),
                spark.createDataFrame(rows, table.schema()).coalesce(1));
    }
}
