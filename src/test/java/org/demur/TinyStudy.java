package org.demur;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.demur.cells.PromptUses;
import org.demur.config.ConfigSection;
import org.demur.engine.ModelSpec;
import org.demur.ingest.PromptsSettings;
import org.demur.ingest.PromptsStage;
import org.demur.model.ModelBundle;
import org.demur.runtime.ModelSource;
import org.demur.runtime.Progress;
import org.demur.runtime.RunSeed;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;
import org.demur.table.Catalog;
import org.demur.table.RunId;
import org.demur.table.Warehouse;

/** A warehouse in which tests run stages, one after the other, on the embedded model and a few of its prompts. */
public final class TinyStudy {
    private static final String MODEL = "classpath:org/demur/embedded/demur-tiny-refuser.Q8_0.gguf";
    private static final String[] SETS = {
        "harmful_train = [direction-harmful, attribution]",
        "harmless_train = [direction-harmless], with-response = true",
        "harmful_val = [validation-harmful]",
        "harmless_val = [validation-harmless]",
        "harmful_test = [test]",
        "harmless_test = [test]"
    };

    private final Warehouse warehouse;
    private final ModelSpec model;
    private final ConfigSection root;
    private final Map<String, RunId> runs = new LinkedHashMap<>();

    /** Opens a warehouse below the folder and publishes the first {@code rows} prompts of each embedded set. */
    public TinyStudy(Path folder, int rows, String overrides) {
        warehouse = new Warehouse(
                TestSpark.session(), new Catalog(folder.resolve("warehouse").toString(), new Configuration()));
        try (ModelBundle bundle = ModelSource.open(MODEL)) {
            model = new ModelSpec(MODEL, bundle.digest(), 1);
        }
        StringBuilder sets = new StringBuilder("prompts.sets = [\n");
        for (String set : SETS) {
            String name = set.substring(0, set.indexOf(' '));
            sets.append(String.format(
                    "{ name = %s, path = \"%s\", limit = %d, uses = %s }%n",
                    name, unpacked(folder, name), rows, set.substring(set.indexOf('['))));
        }
        root = ConfigSection.root(ConfigFactory.parseString(overrides)
                .withFallback(ConfigFactory.parseString(sets.append("]").toString()))
                .withFallback(ConfigFactory.parseResources("defaults/prompts.conf"))
                .withFallback(ConfigFactory.parseResources("defaults/extract.conf"))
                .withFallback(ConfigFactory.parseResources("defaults/evaluate.conf"))
                .withFallback(ConfigFactory.parseResources("defaults/direction.conf"))
                .withFallback(ConfigFactory.parseResources("defaults/attribute.conf"))
                .withFallback(ConfigFactory.parseResources("defaults/sweep.conf"))
                .withFallback(ConfigFactory.parseResources("defaults/tune.conf"))
                .withFallback(ConfigFactory.parseResources("defaults/score.conf"))
                .withFallback(ConfigFactory.parseResources("defaults/capability.conf"))
                .resolve());
        run(new PromptsStage(PromptsSettings.from(root.section("prompts"), "2024-07-26")));
    }

    private static Path unpacked(Path folder, String set) {
        Path file = folder.resolve(set + ".jsonl");
        try (InputStream in = TinyStudy.class.getResourceAsStream("/org/demur/embedded/prompts/" + set + ".jsonl")) {
            Files.write(file, in.readAllBytes());
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Settings of one stage, defaults with the overrides. */
    public ConfigSection section(String stage) {
        return root.section(stage);
    }

    /** Uses of the prompt sets. */
    public PromptUses uses() {
        return PromptUses.from(root.section("prompts"));
    }

    /** Where the stages publish. */
    public Warehouse warehouse() {
        return warehouse;
    }

    /** A context with every stage run so far as input, under the given run id. */
    public StageContext context(RunId run) {
        return new StageContext(
                TestSpark.session(), warehouse, run, Map.copyOf(runs), model, new RunSeed(1), Progress.SILENT);
    }

    /** Runs a stage; its output becomes an input of later ones. */
    public RunId run(Stage stage) {
        RunId run = RunId.of(stage.name() + stage.parametersJson());
        stage.execute(context(run));
        runs.put(stage.name(), run);
        return run;
    }

    /** Declares what another run published as an input of later stages. */
    public void input(String stage, RunId run) {
        runs.put(stage, run);
    }
}
