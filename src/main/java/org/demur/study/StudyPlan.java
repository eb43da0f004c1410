package org.demur.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.config.CanonicalJson;
import org.demur.engine.ModelSpec;
import org.demur.model.ModelBundle;
import org.demur.runtime.ModelSource;
import org.demur.runtime.Progress;
import org.demur.runtime.Stage;
import org.demur.table.RunId;

/**
 * The run id of every stage of a study, known before anything runs: a digest of the stage's name, version and
 * parameters, the seed, the model, the source files and the run ids of its inputs.
 */
public final class StudyPlan {
    private final StudyConfig config;
    private final ModelSpec model;
    private final Map<String, PlannedStage> stages = new LinkedHashMap<>();

    /**
     * A stage with its identity.
     *
     * @param inputs run ids of the upstream stages by name
     */
    public record PlannedStage(Stage stage, RunId run, Map<String, RunId> inputs) {}

    private StudyPlan(StudyConfig config, ModelSpec model) {
        this.config = config;
        this.model = model;
    }

    /** Plans without showing the progress of a fetch. */
    public static StudyPlan of(StudyConfig config) {
        return of(config, Progress.SILENT);
    }

    /** Fetches the model where the job file allows it, digests it and the source files, and plans every stage. */
    public static StudyPlan of(StudyConfig config, Progress progress) {
        StudyConfig.ModelSettings settings = config.model();
        ModelSource.fetch(settings.path(), settings.network(), progress);
        try (ModelBundle bundle = ModelSource.open(settings.path(), settings.adapters())) {
            config.stages().forEach(stage -> stage.requireSuits(bundle.config()));
            ModelSpec model = new ModelSpec(settings.path(), settings.adapters(), bundle.digest(), settings.compute());
            StudyPlan plan = new StudyPlan(config, model);
            config.stages().forEach(plan::add);
            return plan;
        }
    }

    /** What was planned. */
    public StudyConfig config() {
        return config;
    }

    /** The model of all stages. */
    public ModelSpec model() {
        return model;
    }

    /** All stages in order. */
    public List<PlannedStage> stages() {
        return new ArrayList<>(stages.values());
    }

    /** One stage by name; fails when the job file leaves it out. */
    public PlannedStage stage(String name) {
        PlannedStage planned = stages.get(name);
        if (planned == null) {
            throw new JobException(
                    ExitCode.USAGE,
                    "Stage " + name + " is not part of this study",
                    "study.stages names only " + String.join(", ", stages.keySet()),
                    "add it to study.stages in the job file");
        }
        return planned;
    }

    /** All that decides the last bits of a sum. */
    private Map<String, Object> computeIdentity() {
        return new TreeMap<>(Map.of(
                "device", model.compute().device().name(),
                "weights", model.compute().weights().name(),
                "nativeThreads", model.compute().nativeThreads(),
                "batchMemory", model.compute().batchMemory().bytes()));
    }

    private void add(Stage stage) {
        Map<String, RunId> inputs = new TreeMap<>();
        for (String input : stage.inputs()) {
            inputs.put(input, stage(input).run());
        }
        for (String input : stage.optionalInputs()) {
            if (stages.containsKey(input)) {
                inputs.put(input, stage(input).run());
            }
        }
        Map<String, Object> identity = new TreeMap<>();
        identity.put("stage", stage.name());
        identity.put("version", stage.version());
        identity.put("parameters", CanonicalJson.parse(stage.parametersJson()));
        identity.put("seed", config.seed().value());
        identity.put("model", model.digest());
        identity.put("compute", computeIdentity());
        identity.put("sources", stage.sourceDigests());
        inputs.forEach((name, run) -> identity.put("input " + name, run.value()));
        stages.put(stage.name(), new PlannedStage(stage, RunId.of(CanonicalJson.of(identity)), inputs));
    }
}
