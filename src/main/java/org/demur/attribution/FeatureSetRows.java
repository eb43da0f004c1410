package org.demur.attribution;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.runtime.RunSeed;

/**
 * The feature sets of a run: the best of every ranking, for all prompts and, for some methods, for each; and random sets as
 * large as the first one. Corrected sets hold positive scores only; the published code takes the best whatever their sign.
 */
final class FeatureSetRows {
    private final RunSeed seed;
    private final AttributionSettings settings;
    private final Map<Integer, FeatureActivity> activity;
    private final Map<Integer, double[]> cosines;
    private final List<Row> rows = new ArrayList<>();

    /**
     * @param activity how features fire, by layer
     * @param cosines cosine of each feature's decoder row with the direction, by layer
     */
    FeatureSetRows(
            RunSeed seed,
            AttributionSettings settings,
            Map<Integer, FeatureActivity> activity,
            Map<Integer, double[]> cosines) {
        this.seed = seed;
        this.settings = settings;
        this.activity = activity;
        this.cosines = cosines;
    }

    /** Where a set comes from. */
    private record Source(String setId, String promptId, String method) {}

    /** A row a member, sets one after the other; the first ranking gives the random sets their size and layers. */
    List<Row> rows(List<Ranking> rankings, List<CandidateFeature> candidates) {
        AttributionMode first = settings.modes().get(0);
        for (Ranking ranking : rankings) {
            RankingId id = ranking.id();
            String setId = id.setId(first);
            add(new Source(setId, null, id.method().sqlName()), ranking.global(), best(id, ranking.global()));
            if (id.method() == RankingMethod.LA_IG && id.mode() == first
                    || id.method() == RankingMethod.AP && id.mode() == AttributionMode.CORRECTED) {
                addAligned(ranking, setId + "_prompt");
            } else if (id.method() == RankingMethod.AP) {
                addMisaligned(ranking, setId + "_prompt");
            }
        }
        Ranking matched = rankings.get(0);
        List<FeatureId> best = best(matched.id(), matched.global());
        if (best.isEmpty()) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "None of " + matched.global().size() + " features has a positive score in the ranking "
                            + matched.id().method().sqlName(),
                    "The SAEs don't represent the refusal direction near the layers where it acts, or are undertrained.",
                    "Train SAEs at more layers or on more tokens, or raise attribute.candidates-per-layer.");
        }
        settings.random().matches().forEach(match -> addRandom(match, best, candidates));
        return rows;
    }

    private List<FeatureId> best(RankingId id, FeatureScores scores) {
        return switch (id.mode()) {
            case CORRECTED -> scores.bestPositive(settings.setSize());
            case FAITHFUL -> scores.best(settings.setSize());
        };
    }

    private void addAligned(Ranking ranking, String setId) {
        for (PromptAttribution prompt : ranking.prompts()) {
            Source source =
                    new Source(setId, prompt.promptId(), ranking.id().method().sqlName());
            add(source, prompt.scores(), best(ranking.id(), prompt.scores()));
        }
    }

    private void addMisaligned(Ranking ranking, String setId) {
        List<List<FeatureId>> own = ranking.prompts().stream()
                .map(prompt -> best(ranking.id(), prompt.scores()))
                .toList();
        List<List<FeatureId>> applied = MisalignedLists.of(own);
        for (int i = 0; i < applied.size(); i++) {
            PromptAttribution prompt = ranking.prompts().get(i);
            Source source =
                    new Source(setId, prompt.promptId(), ranking.id().method().sqlName());
            add(source, prompt.scores(), applied.get(i));
        }
    }

    private void addRandom(RandomMatch match, List<FeatureId> best, List<CandidateFeature> candidates) {
        RandomFeatures random = new RandomFeatures(activity, candidates, match);
        String prefix = settings.random().matches().size() == 1 ? "random_" : "random_" + match.sqlName() + "_";
        for (int set = 0; set < settings.random().sets(); set++) {
            List<FeatureId> members = random.draw(best, seed.derive("random-features", set));
            add(new Source(prefix + set, null, "random_" + match.sqlName()), FeatureScores.NONE, members);
        }
    }

    private void add(Source source, FeatureScores scores, List<FeatureId> members) {
        for (int rank = 1; rank <= members.size(); rank++) {
            FeatureId member = members.get(rank - 1);
            FeatureActivity ofLayer = activity.get(member.layer());
            rows.add(RowFactory.create(
                    source.setId,
                    source.promptId == null ? "global" : "prompt",
                    source.promptId,
                    rank,
                    member.layer(),
                    member.feature(),
                    scores.of(member).isPresent() ? (Object) scores.of(member).getAsDouble() : null,
                    cosines.get(member.layer())[member.feature()],
                    (double) ofLayer.max_F()[member.feature()],
                    ofLayer.density(member.feature()),
                    source.method));
        }
    }
}
