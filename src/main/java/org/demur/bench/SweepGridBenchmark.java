package org.demur.bench;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.demur.config.ConfigSection;
import org.demur.intervention.SweepSettings;
import org.demur.intervention.SweepStage;
import org.demur.model.ModelBundle;
import org.demur.runtime.ModelSource;
import org.demur.runtime.NativeSettings;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.table.RunId;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The sweep stage itself on a grid of prompt sets, feature sets and coefficients: features of random dictionaries, dealt to
 * the middle third of the blocks, set to a value at every token. All answers have the same number of tokens. What comes
 * before, and loading the model, is not timed; scheduling, generating and publishing are.
 */
@Command(name = "sweep-grid", description = "Times the sweep stage on a whole grid.")
final class SweepGridBenchmark implements Runnable {
    @Spec
    private CommandSpec command;

    @Option(names = "--model", required = true, paramLabel = "PATH", description = "Hugging Face folder or GGUF file.")
    private String model;

    @Option(names = "--data", required = true, paramLabel = "DIR", description = "Folder of the prompt files.")
    private Path data;

    @Option(
            names = "--sets",
            split = ",",
            defaultValue = "harmless_val,jailbreakbench,malicious_instruct",
            description = "Prompt files without .jsonl (${DEFAULT-VALUE}).")
    private List<String> sets;

    @Option(names = "--folder", required = true, paramLabel = "DIR", description = "Where tables are kept.")
    private Path folder;

    @Option(names = "--count", defaultValue = "64", description = "Prompts of a set (${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--methods", defaultValue = "8", description = "Feature sets (${DEFAULT-VALUE}).")
    private int methods;

    @Option(names = "--coefficients", defaultValue = "5", description = "Values of each (${DEFAULT-VALUE}).")
    private int coefficients;

    @Option(names = "--features", defaultValue = "20", description = "Features of a set (${DEFAULT-VALUE}).")
    private int features;

    @Option(names = "--new", defaultValue = "32", description = "New tokens of each answer (${DEFAULT-VALUE}).")
    private int newTokens;

    @Option(names = "--tasks", defaultValue = "2", description = "Tasks of one thread at once (${DEFAULT-VALUE}).")
    private int tasks;

    @Option(names = "--sweep", defaultValue = "", description = "More settings of section sweep, as HOCON.")
    private String settings;

    @Option(names = "--runs", defaultValue = "1", description = "Timed rounds (${DEFAULT-VALUE}).")
    private int runs;

    @Override
    public void run() {
        NativeSettings.apply(1);
        try (ModelBundle bundle = ModelSource.open(model);
                SweepGround ground = SweepGround.prepare(model, folder, tasks)) {
            ground.prompts(sets, data, count);
            int depth = bundle.config().nLayers();
            List<Integer> layers =
                    IntStream.rangeClosed(depth / 3, 2 * depth / 3).boxed().toList();
            ground.dictionaries(bundle.config(), layers, methods * features);
            ground.featureSets(layers, methods, features);
            sweep(ground, RunId.of("{\"warm-up\":" + System.nanoTime() + "}"), 1, 1, Math.min(8, count));
            long[] tokens = {0};
            Timings timings = new Rounds(0, runs)
                    .timeOne(() -> tokens[0] = sweep(
                            ground, RunId.of("{\"round\":" + System.nanoTime() + "}"), methods, coefficients, count));
            report(bundle.name(), timings, tokens[0]);
        }
    }

    /** Runs the stage and counts the tokens that it published. */
    private long sweep(SweepGround ground, RunId run, int someMethods, int someCoefficients, int prompts) {
        String names = IntStream.range(0, someMethods).mapToObj(m -> "set_" + m).collect(Collectors.joining(", "));
        String values = IntStream.rangeClosed(1, someCoefficients)
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(", "));
        Config config = ConfigFactory.parseString(settings)
                .withFallback(ConfigFactory.parseString(String.format(
                        Locale.ROOT,
                        "max-prompts-per-set = %d, max-new-tokens = %d, min-new-tokens = %d, allow-selection-prompts = true%n"
                                + "grid = [ { method = feature_set_value, feature-sets = [%s], sizes = [%d],"
                                + " coefficients = [%s] } ]",
                        prompts,
                        newTokens,
                        newTokens,
                        names,
                        features,
                        values)))
                .withFallback(
                        ConfigFactory.parseResources("defaults/sweep.conf").getConfig("sweep"))
                .resolve();
        StageContext context = ground.context(run);
        new SweepStage(SweepSettings.from(ConfigSection.root(config), ground.uses())).execute(context);
        Row sum = context.warehouse()
                .read(Table.COMPLETIONS, run)
                .selectExpr("sum(n_tokens)")
                .head();
        return sum.getLong(0);
    }

    private void report(String name, Timings timings, long tokens) {
        long rows = (long) sets.size() * methods * coefficients * count;
        Map<String, Object> grid = new LinkedHashMap<>();
        grid.put("sets", sets.size());
        grid.put("methods", methods);
        grid.put("coefficients", coefficients);
        grid.put("prompts", count);
        Report.plain("sweep-grid")
                .with("model", name)
                .with("tasks", tasks)
                .with("grid", grid)
                .with("new_tokens", newTokens)
                .with("result", timings.figures(tokens))
                .print(
                        command.commandLine().getOut(),
                        String.format(
                                Locale.ROOT,
                                "sweep-grid: %s, %d answers of %d tokens: %s new tokens/s",
                                name,
                                rows,
                                newTokens,
                                Report.text(timings.rate(tokens))));
    }
}
