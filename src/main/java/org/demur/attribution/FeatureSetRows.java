package org.demur.attribution;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.cells.SelectedDirection;
import org.demur.runtime.RunSeed;
import org.demur.sae.Sae;

/**
 * The feature sets of a run, made from the first mode: {@code fstar} (best mean attribution, positive only),
 * {@code fstar_prompt} (the same for each prompt) and {@code random_0}, {@code random_1}, ... as large as {@code fstar}.
 */
final class FeatureSetRows {
    private final RunSeed seed;
    private final AttributionSettings settings;
    private final Attributions result;
    private final SelectedDirection direction;
    private final Map<Integer, Sae> saes;
    private final List<Row> rows = new ArrayList<>();

    FeatureSetRows(
            RunSeed seed,
            AttributionSettings settings,
            Attributions result,
            SelectedDirection direction,
            Map<Integer, Sae> saes) {
        this.seed = seed;
        this.settings = settings;
        this.result = result;
        this.direction = direction;
        this.saes = saes;
    }

    /** A row a member, sets one after the other. */
    List<Row> rows() {
        AttributionMode mode = settings.modes().get(0);
        double[] means = result.means(mode);
        int[] best = best(means);
        if (best.length == 0) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "None of " + means.length + " candidate features has a positive mean attribution",
                    "The SAEs don't represent the refusal direction near the layers where it acts, or are undertrained.",
                    "Train SAEs at more layers or on more tokens, or raise attribute.candidates-per-layer.");
        }
        addRanked("fstar", null, means, best);
        for (PromptAttribution prompt : result.used(mode)) {
            addRanked("fstar_prompt", prompt.promptId(), prompt.scores(), best(prompt.scores()));
        }
        addRandom(best);
        return rows;
    }

    private int[] best(double[] scores) {
        return IntStream.of(Attributions.order(scores))
                .limit(settings.topFeatures())
                .filter(c -> scores[c] > 0)
                .toArray();
    }

    private void addRanked(String setId, String promptId, double[] scores, int[] best) {
        for (int rank = 1; rank <= best.length; rank++) {
            CandidateFeature member = result.candidates().get(best[rank - 1]);
            FeatureActivity activity = result.activity().get(member.layer());
            rows.add(RowFactory.create(
                    setId,
                    promptId == null ? "global" : "prompt",
                    promptId,
                    rank,
                    member.layer(),
                    member.feature(),
                    scores[best[rank - 1]],
                    member.cosine(),
                    (double) activity.max_F()[member.feature()],
                    activity.density(member.feature())));
        }
    }

    private void addRandom(int[] best) {
        List<FeatureId> matched = IntStream.of(best)
                .mapToObj(result.candidates()::get)
                .map(member -> new FeatureId(member.layer(), member.feature()))
                .toList();
        RandomFeatures random = new RandomFeatures(result.activity(), result.candidates(), settings.randomMatch());
        for (int set = 0; set < settings.randomSets(); set++) {
            List<FeatureId> members = random.draw(matched, seed.derive("random-features", set));
            for (int rank = 1; rank <= members.size(); rank++) {
                addRandomMember("random_" + set, rank, members.get(rank - 1));
            }
        }
    }

    private void addRandomMember(String setId, int rank, FeatureId member) {
        FeatureActivity activity = result.activity().get(member.layer());
        Sae sae = saes.get(member.layer());
        float[] row_D =
                Arrays.copyOfRange(sae.w_dec_FD(), member.feature() * sae.d(), (member.feature() + 1) * sae.d());
        rows.add(RowFactory.create(
                setId,
                "global",
                null,
                rank,
                member.layer(),
                member.feature(),
                null,
                CosineCandidates.cosines(row_D, direction.vector_D())[0],
                (double) activity.max_F()[member.feature()],
                activity.density(member.feature())));
    }
}
