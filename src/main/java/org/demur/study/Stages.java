package org.demur.study;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.demur.activations.ExtractSettings;
import org.demur.activations.ExtractStage;
import org.demur.attribution.AttributeStage;
import org.demur.attribution.AttributionSettings;
import org.demur.capability.CapabilitySettings;
import org.demur.capability.CapabilityStage;
import org.demur.cells.PromptUses;
import org.demur.config.ConfigSection;
import org.demur.config.Spelling;
import org.demur.direction.DirectionSettings;
import org.demur.direction.DirectionStage;
import org.demur.evaluation.EvaluateSettings;
import org.demur.evaluation.EvaluateStage;
import org.demur.ingest.PromptsSettings;
import org.demur.ingest.PromptsStage;
import org.demur.intervention.SweepSettings;
import org.demur.intervention.SweepStage;
import org.demur.report.ReportSettings;
import org.demur.report.ReportStage;
import org.demur.runtime.Stage;
import org.demur.scoring.ScoreSettings;
import org.demur.scoring.ScoreStage;
import org.demur.training.ImportStage;
import org.demur.training.TrainSettings;
import org.demur.training.TrainStage;
import org.demur.tuning.TuneSettings;
import org.demur.tuning.TuneStage;

/** Every stage there is, in the order in which a study runs them. */
public final class Stages {
    private static final List<String> ORDER = List.of(
            "prompts",
            "extract",
            "train",
            "evaluate",
            "direction",
            "attribute",
            "tune",
            "sweep",
            "score",
            "capability",
            "report");

    /** How each stage is made but prompts and capability, which render chats and need a date. */
    private static final Map<String, StageFactory> FACTORIES = Map.of(
            "extract", (section, uses) -> new ExtractStage(ExtractSettings.from(section, uses.sets("corpus"))),
            "train", (section, uses) -> train(section),
            "evaluate", (section, uses) -> new EvaluateStage(EvaluateSettings.from(section)),
            "direction", (section, uses) -> new DirectionStage(DirectionSettings.from(section, uses)),
            "attribute", (section, uses) -> new AttributeStage(AttributionSettings.from(section, uses)),
            "tune", (section, uses) -> new TuneStage(TuneSettings.from(section, uses)),
            "sweep", (section, uses) -> new SweepStage(SweepSettings.from(section, uses)),
            "score", (section, uses) -> new ScoreStage(ScoreSettings.from(section, uses)),
            "report", (section, uses) -> new ReportStage(ReportSettings.from(section)));

    private Stages() {}

    private static Stage train(ConfigSection section) {
        TrainSettings settings = TrainSettings.from(section);
        List<String> imported = section.strings("import");
        return imported.isEmpty() ? new TrainStage(settings) : new ImportStage(settings, imported);
    }

    /** All names in order. */
    public static List<String> names() {
        return ORDER;
    }

    /**
     * Stages that {@code study.stages} names, in the order of a study. Settings of others are not read.
     *
     * @param target the only one to be made beside those that it reads; empty for all
     */
    static List<Stage> of(ConfigSection root, String turnDate, Optional<String> target) {
        ConfigSection study = root.section("study");
        List<String> wanted = study.strings("stages");
        for (String name : wanted) {
            if (!names().contains(name)) {
                throw study.invalid(
                        "stages",
                        "'" + name + "' is no stage",
                        Spelling.nearest(name, names())
                                .map(near -> "did you mean " + near + "?")
                                .orElse("stages are " + String.join(", ", names())));
            }
        }
        ConfigSection prompts = root.section("prompts");
        PromptsSettings intake = PromptsSettings.from(prompts, turnDate);
        PromptUses uses = PromptUses.from(prompts);
        Map<String, Stage> made = new HashMap<>();
        Deque<String> open =
                new ArrayDeque<>(target.filter(wanted::contains).map(List::of).orElse(wanted));
        while (!open.isEmpty()) {
            String name = open.pop();
            if (wanted.contains(name) && !made.containsKey(name)) {
                Stage stage =
                        switch (name) {
                            case "prompts" -> new PromptsStage(intake);
                            case "capability" ->
                                new CapabilityStage(CapabilitySettings.from(root.section(name), uses, turnDate));
                            default -> FACTORIES.get(name).make(root.section(name), uses);
                        };
                made.put(name, stage);
                open.addAll(stage.inputs());
            }
        }
        return names().stream().filter(made::containsKey).map(made::get).toList();
    }
}
