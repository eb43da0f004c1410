package org.demur.direction;

import java.util.List;
import org.demur.config.CanonicalJson;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;

/**
 * Finds the refusal direction: reads harmful and harmless prompts with the untouched model, takes the difference in
 * means at every layer and post-instruction position, scores each on validation prompts and selects one (Arditi et al.
 * 2024). Publishes the table {@code directions} with every candidate.
 */
public final class DirectionStage implements Stage {
    private final DirectionSettings settings;

    /** A stage with these settings. */
    public DirectionStage(DirectionSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "direction";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public String parametersJson() {
        return CanonicalJson.of(settings);
    }

    @Override
    public List<String> inputs() {
        return List.of("prompts");
    }

    @Override
    public void execute(StageContext context) {
        Findings findings = new ReadingPass(context, settings).run();
        List<CandidateScores> scores = new ScoringPass(context, settings, findings).run();
        List<SelectionRule.Verdict> verdicts = settings.rule().judge(scores, findings.nLayers());
        new DirectionTable(context, settings, findings).publish(verdicts);
    }
}
