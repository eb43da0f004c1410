package org.demur.attribution;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.demur.cells.PromptSample;
import org.demur.cells.PromptShard;
import org.demur.cells.SelectedDirection;
import org.demur.cells.StageJob;
import org.demur.cells.StudyPrompt;
import org.demur.config.CanonicalJson;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;

/**
 * Finds the SAE features through which the refusal direction acts, by every method asked for, and says how far the methods
 * agree. Publishes {@code attributions}, {@code feature_sets} and {@code ranking_agreement}.
 */
public final class AttributeStage implements Stage {
    private final AttributionSettings settings;

    /** A stage with these settings. */
    public AttributeStage(AttributionSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "attribute";
    }

    @Override
    public int version() {
        return 3;
    }

    @Override
    public String parametersJson() {
        return CanonicalJson.of(settings);
    }

    @Override
    public List<String> inputs() {
        return List.of("prompts", "train", "direction");
    }

    @Override
    public void execute(StageContext context) {
        SelectedDirection direction =
                SelectedDirection.read(context.warehouse().read(Table.DIRECTIONS, context.input("direction")));
        Path saes = context.warehouse().files("saes", context.input("train"));
        CosineFacts cosines = CosineFacts.read(saes, direction.vector_D(), settings.candidatesPerLayer());
        List<StudyPrompt> harmful = PromptSample.draw(context, settings.sets(), settings.maxPrompts(), "attribution");
        AttributionPlan plan = new AttributionPlan(
                context.model(),
                cosines.slices(),
                saes.toString(),
                direction,
                paths(gradientRankings(), harmful),
                settings.classes(),
                settings.work().maxTokensPerBatch());
        Attributions found = new Attributions(run(context, plan, harmful, "attribute: gradients"));
        List<ShardFeatures> harmless = settings.usesHarmless() ? harmless(context, plan) : List.of();
        Rankings rankings = new Rankings(settings, cosines, found, harmless);
        List<Ranking> cheap = rankings.cheap();
        List<FeatureId> pool =
                settings.measures() ? FeaturePool.union(cheap, settings.search().exactPool()) : List.of();
        List<Ranking> measured = settings.measures()
                ? new MeasuredRankings(context, settings, FeaturePool.read(pool, saes.toString()))
                        .of(rankings.measurable(harmful))
                : List.of();
        publish(context, new Outcome(direction, cosines, found), rankings.ordered(cheap, measured), pool);
    }

    private record Outcome(SelectedDirection direction, CosineFacts cosines, Attributions found) {}

    private void publish(StageContext context, Outcome outcome, List<Ranking> rankings, List<FeatureId> pool) {
        Set<FeatureId> compared = new LinkedHashSet<>();
        outcome.cosines
                .candidates()
                .forEach(candidate -> compared.add(new FeatureId(candidate.layer(), candidate.feature())));
        compared.addAll(pool);
        List<FeatureId> all = List.copyOf(compared);
        AttributionTables tables =
                new AttributionTables(context, settings, outcome.cosines.cosines(), outcome.direction.refusalTokens());
        Map<String, String> facts = facts(outcome.found);
        List<org.apache.spark.sql.Row> sets = new FeatureSetRows(
                        context.seed(), settings, outcome.found.activity(), outcome.cosines.cosines())
                .rows(rankings, outcome.cosines.candidates());
        tables.publishScores(rankings, all, facts);
        tables.publishAgreement(new RankingAgreement(
                        rankings,
                        all,
                        settings.setSize(),
                        settings.search().resamples(),
                        context.seed().derive("ranking agreement"))
                .rows());
        tables.publishSets(sets, facts);
    }

    private Map<String, String> facts(Attributions found) {
        Map<String, String> facts = new TreeMap<>();
        for (RankingId id : gradientRankings()) {
            facts.put(
                    id.mode().sqlName() + "_prompts_used",
                    String.valueOf(found.used(id).size()));
            facts.put(id.mode().sqlName() + "_prompts_skipped", String.valueOf(found.skipped(id)));
        }
        return facts;
    }

    private List<RankingId> gradientRankings() {
        List<RankingId> rankings = new ArrayList<>(settings.rankings().stream()
                .filter(id -> id.method().usesGradients())
                .toList());
        RankingId corrected = new RankingId(RankingMethod.LA_IG, AttributionMode.CORRECTED);
        // Its metric's tokens are those of the measurements.
        if (settings.measures() && rankings.stream().noneMatch(id -> id.mode() == AttributionMode.CORRECTED)) {
            rankings.add(corrected);
        }
        return rankings;
    }

    private AttributionPlan.Paths paths(List<RankingId> rankings, List<StudyPrompt> prompts) {
        return new AttributionPlan.Paths(
                rankings,
                settings.steps(),
                settings.baseline(),
                prompts.stream().mapToInt(StudyPrompt::length).max().orElse(1),
                settings.methods().contains(RankingMethod.PROBE));
    }

    private List<ShardFeatures> harmless(StageContext context, AttributionPlan plan) {
        List<StudyPrompt> prompts =
                PromptSample.draw(context, settings.harmlessSets(), settings.maxPrompts(), "attribution harmless");
        AttributionPlan observing = new AttributionPlan(
                plan.model(),
                plan.slices(),
                plan.saeFolder(),
                plan.direction(),
                paths(List.of(), prompts),
                plan.tokenClasses(),
                plan.maxTokensPerBatch());
        return run(context, observing, prompts, "attribute: features of harmless prompts").stream()
                .map(ShardAttribution::features)
                .toList();
    }

    private List<ShardAttribution> run(
            StageContext context, AttributionPlan plan, List<StudyPrompt> prompts, String what) {
        List<PromptShard> shards = PromptShard.split(prompts, settings.work().shards());
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(context.spark().sparkContext());
        Broadcast<AttributionPlan> broadcast = spark.broadcast(plan);
        try {
            return new StageJob(what, prompts.size(), "prompts")
                    .collect(context, counter -> spark.parallelize(shards, shards.size())
                            .map(new AttributionTask(broadcast, counter)));
        } finally {
            broadcast.destroy();
        }
    }
}
