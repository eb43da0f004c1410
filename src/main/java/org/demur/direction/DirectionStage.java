package org.demur.direction;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.broadcast.Broadcast;
import org.demur.config.CanonicalJson;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;

/**
 * Finds the refusal direction: reads harmful and harmless prompts with the untouched model, takes the difference in
 * means, and if wanted other directions, at every layer and post-instruction position, scores each on validation prompts
 * and selects one (Arditi et al. 2024). Publishes {@code directions} with every candidate, and {@code
 * direction_stability}.
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
        return 2;
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
        try (Readings readings = new ReadingPass(context, settings).run()) {
            Findings findings = readings.findings(
                    settings.choice().kinds(), settings.choice().logisticPenalty());
            Candidate selected = choose(context, findings);
            new Stability(context, settings.choice())
                    .publish(readings.samples(selected.layer(), selected.position()), selected);
        }
    }

    /** Scores the candidates and publishes them. */
    private Candidate choose(StageContext context, Findings findings) {
        ScoringPass scoring = new ScoringPass(context, settings, findings);
        Broadcast<Trial> trial = scoring.trial();
        try {
            List<CandidateScores> scores = scoring.run(trial);
            double[] refused = new double[scores.size()];
            Arrays.fill(refused, Double.NaN);
            List<SelectionRule.Verdict> verdicts =
                    switch (settings.choice().rule()) {
                        case PUBLISHED -> settings.rule().judge(scores, findings.nLayers());
                        case JUDGED -> {
                            refused = scoring.judged(trial);
                            yield JudgedRule.judge(scores, refused);
                        }
                    };
            new DirectionTable(context, settings, findings).publish(verdicts, refused);
            int place = IntStream.range(0, verdicts.size())
                    .filter(i -> verdicts.get(i).status() == SelectionRule.Status.SELECTED)
                    .findFirst()
                    .orElseThrow();
            return findings.candidates().get(place);
        } finally {
            trial.destroy();
        }
    }
}
