package org.demur.attribution;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.demur.cells.StageJob;
import org.demur.runtime.StageContext;

/** The rankings that take features out of the running model: exact effects one by one, and the greedy set. */
final class MeasuredRankings {
    private final StageContext context;
    private final AttributionSettings settings;
    private final FeaturePool pool;

    MeasuredRankings(StageContext context, AttributionSettings settings, FeaturePool pool) {
        this.context = context;
        this.settings = settings;
        this.pool = pool;
    }

    /** Measures over some of the prompts that have a metric, drawn without replacement. */
    List<Ranking> of(List<MeasuredPrompt> prompts) {
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(context.spark().sparkContext());
        Broadcast<EffectTask.Plan> broadcast = spark.broadcast(
                new EffectTask.Plan(context.model(), pool, settings.work().maxTokensPerBatch()));
        try {
            List<Ranking> rankings = new ArrayList<>();
            List<MeasuredPrompt> sample = sample(prompts, settings.search().exactPrompts());
            Ranking exact = exact(broadcast, sample);
            if (settings.methods().contains(RankingMethod.EXACT)) {
                rankings.add(exact);
            }
            if (settings.methods().contains(RankingMethod.GREEDY)) {
                rankings.add(greedy(broadcast, sample(sample, settings.search().greedyPrompts()), exact));
            }
            return rankings;
        } finally {
            broadcast.destroy();
        }
    }

    private Ranking exact(Broadcast<EffectTask.Plan> broadcast, List<MeasuredPrompt> sample) {
        List<List<FeatureId>> sets = pool.features().stream().map(List::of).toList();
        double[][] effects = measure(broadcast, sample, sets, "attribute: exact ablation");
        RankingId id = new RankingId(RankingMethod.EXACT, AttributionMode.CORRECTED);
        List<PromptAttribution> prompts = new ArrayList<>();
        for (int p = 0; p < sample.size(); p++) {
            MeasuredPrompt measured = sample.get(p);
            prompts.add(new PromptAttribution(
                    measured.prompt().setName(),
                    measured.prompt().promptId(),
                    id,
                    measured.refusalToken(),
                    measured.complianceToken(),
                    false,
                    scores(effects[p])));
        }
        return Ranking.meanOf(id, prompts);
    }

    private FeatureScores scores(double[] effects) {
        Map<FeatureId, Double> scores = new LinkedHashMap<>();
        for (int i = 0; i < effects.length; i++) {
            scores.put(pool.features().get(i), effects[i]);
        }
        return FeatureScores.of(scores);
    }

    /** Scores are further effects, so the first chosen need not have the largest one by rounding alone. */
    private Ranking greedy(Broadcast<EffectTask.Plan> broadcast, List<MeasuredPrompt> sample, Ranking exact) {
        List<FeatureId> best = exact.global().bestPositive(settings.search().greedyPool());
        Map<FeatureId, Double> single = new LinkedHashMap<>();
        double[] alone = means(measure(
                broadcast, sample, best.stream().map(List::of).toList(), "attribute: greedy set, single features"));
        for (int i = 0; i < alone.length; i++) {
            single.put(best.get(i), alone[i]);
        }
        Map<FeatureId, Double> chosen = new GreedySelection(
                        sets -> means(measure(broadcast, sample, sets, "attribute: greedy set")), settings.setSize())
                .choose(single);
        return Ranking.shared(RankingMethod.GREEDY, AttributionMode.CORRECTED, descending(chosen));
    }

    /** Further effects in the order of choice; one that grew with the set is lowered to the one before it. */
    private static FeatureScores descending(Map<FeatureId, Double> chosen) {
        Map<FeatureId, Double> scores = new LinkedHashMap<>();
        double limit = Double.POSITIVE_INFINITY;
        for (Map.Entry<FeatureId, Double> entry : chosen.entrySet()) {
            double score = Math.min(entry.getValue(), limit);
            scores.put(entry.getKey(), score);
            limit = Math.nextDown(score);
        }
        return FeatureScores.of(scores);
    }

    private double[][] measure(
            Broadcast<EffectTask.Plan> broadcast,
            List<MeasuredPrompt> sample,
            List<List<FeatureId>> sets,
            String what) {
        if (sample.isEmpty() || sets.isEmpty()) {
            return new double[sample.size()][sets.size()];
        }
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(context.spark().sparkContext());
        int shards = Math.min(settings.work().shards(), sample.size());
        List<List<MeasuredPrompt>> parts = IntStream.range(0, shards)
                .<List<MeasuredPrompt>>mapToObj(s ->
                        new ArrayList<>(sample.subList(s * sample.size() / shards, (s + 1) * sample.size() / shards)))
                .toList();
        return new StageJob(what, (long) sample.size() * sets.size(), "effects")
                        .collect(context, counter -> spark.parallelize(parts, shards)
                                .map(new EffectTask(broadcast, sets, counter)))
                        .stream()
                        .flatMap(java.util.Arrays::stream)
                        .toArray(double[][]::new);
    }

    private static double[] means(double[][] effects) {
        double[] means = new double[effects.length == 0 ? 0 : effects[0].length];
        for (double[] ofPrompt : effects) {
            for (int s = 0; s < means.length; s++) {
                means[s] += ofPrompt[s] / effects.length;
            }
        }
        return means;
    }

    private List<MeasuredPrompt> sample(List<MeasuredPrompt> prompts, int limit) {
        long[] keys = IntStream.range(0, prompts.size())
                .mapToLong(i -> context.seed().derive("exact ablation", i))
                .toArray();
        return IntStream.range(0, prompts.size())
                .boxed()
                .sorted(Comparator.comparingLong(i -> keys[i]))
                .limit(limit)
                .sorted()
                .map(prompts::get)
                .toList();
    }
}
