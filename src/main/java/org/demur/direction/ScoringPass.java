package org.demur.direction;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.cells.AblationSites;
import org.demur.cells.PromptSample;
import org.demur.cells.PromptShard;
import org.demur.cells.StageJob;
import org.demur.cells.StudyPrompt;
import org.demur.refusal.NextToken;
import org.demur.refusal.RefusalTokens;
import org.demur.runtime.StageContext;

/** Scores every candidate on validation prompts, one Spark task a layer. */
final class ScoringPass {
    private final StageContext context;
    private final DirectionSettings settings;
    private final Findings findings;
    private final JavaSparkContext spark;

    ScoringPass(StageContext context, DirectionSettings settings, Findings findings) {
        this.context = context;
        this.settings = settings;
        this.findings = findings;
        this.spark = JavaSparkContext.fromSparkContext(context.spark().sparkContext());
    }

    /** Scores in the order of the candidates. */
    List<CandidateScores> run(Broadcast<Trial> trial) {
        Map<Integer, List<Candidate>> byLayer = new LinkedHashMap<>();
        findings.candidates()
                .forEach(candidate -> byLayer.computeIfAbsent(candidate.layer(), layer -> new ArrayList<>())
                        .add(candidate));
        StageJob job = new StageJob(
                "direction: score candidates", findings.candidates().size(), "candidates");
        List<List<CandidateScores>> scores =
                job.collect(context, counter -> spark.parallelize(new ArrayList<>(byLayer.values()), byLayer.size())
                        .map(new TrialTask(trial, counter)));
        return scores.stream().flatMap(List::stream).toList();
    }

    /**
     * Share of harmful validation prompts whose answers under ablation are refusals, in the order of the candidates; NaN at
     * positions that the judged rule doesn't look at.
     */
    double[] judged(Broadcast<Trial> trial) {
        List<Candidate> judged =
                findings.candidates().stream().filter(JudgedRule::looksAt).toList();
        StageJob job = new StageJob("direction: judge answers", judged.size(), "candidates");
        int tokens = settings.choice().judgedTokens();
        Iterator<Double> rates = job.collect(context, counter -> spark.parallelize(judged, judged.size())
                        .map(new JudgedTask(trial, tokens, counter)))
                .iterator();
        return findings.candidates().stream()
                .mapToDouble(candidate -> JudgedRule.looksAt(candidate) ? rates.next() : Double.NaN)
                .toArray();
    }

    /** What candidates are tried on; the caller destroys it. */
    Broadcast<Trial> trial() {
        return spark.broadcast(new Trial(
                context.model(),
                validation(Side.HARMFUL, settings.sets().validationHarmful()),
                validation(Side.HARMLESS, settings.sets().validationHarmless()),
                findings.tokens().ids(),
                AblationSites.points(settings.ablateSites(), findings.nLayers()),
                settings.rule().firstLateLayer(findings.nLayers()),
                settings.rule().minInduce(),
                settings.work()));
    }

    private List<ValidationPrompt> validation(Side side, List<String> sets) {
        String name = side.name().toLowerCase(Locale.ROOT);
        List<StudyPrompt> drawn = PromptSample.draw(context, sets, settings.validationPerSide(), "validation-" + name);
        List<PromptShard> shards =
                PromptShard.split(drawn, Math.max(1, settings.work().shards() / 2));
        int[] tokens = findings.tokens().ids();
        List<ValidationPrompt> kept = spark
                .parallelize(shards, shards.size())
                .map(new LogitsTask(context.model(), settings.work().maxTokensPerBatch()))
                .collect()
                .stream()
                .flatMap(List::stream)
                .filter(prompt -> !settings.filter() || side.behavesAsExpected(score(prompt, tokens)))
                .toList();
        if (kept.isEmpty()) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "None of " + drawn.size() + " " + name + " validation prompts passed the filter",
                    "The model refuses none of the harmful prompts or all of the harmless ones.",
                    "Set direction.filter = false to keep every prompt, or choose other validation sets.");
        }
        return kept;
    }

    private static double score(ValidationPrompt prompt, int[] tokens) {
        return RefusalTokens.score(NextToken.probabilities(prompt.cleanLogits_V()), tokens);
    }
}
