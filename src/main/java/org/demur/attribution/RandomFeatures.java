package org.demur.attribution;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.demur.ExitCode;
import org.demur.JobException;

/** Draws control sets: for every feature of F* one other feature of its layer, alive and not a candidate. */
final class RandomFeatures {
    /** Out of how many features of like density one is drawn. */
    private static final int NEIGHBOURS = 32;

    private final Map<Integer, FeatureActivity> activity;
    private final Set<FeatureId> excluded = new HashSet<>();
    private final RandomMatch match;

    /** Excludes the candidates, by layer and feature. */
    RandomFeatures(Map<Integer, FeatureActivity> activity, List<CandidateFeature> candidates, RandomMatch match) {
        this.activity = activity;
        this.match = match;
        candidates.forEach(candidate -> excluded.add(new FeatureId(candidate.layer(), candidate.feature())));
    }

    /** One set in the order of {@code matched}; features within it are distinct. */
    List<FeatureId> draw(List<FeatureId> matched, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Set<FeatureId> taken = new HashSet<>();
        List<FeatureId> drawn = new ArrayList<>();
        for (FeatureId model : matched) {
            List<FeatureId> pool = pool(model, taken);
            if (pool.isEmpty()) {
                throw tooFew(model.layer(), matched);
            }
            FeatureId choice = pool.get(random.nextInt(pool.size()));
            taken.add(choice);
            drawn.add(choice);
        }
        return drawn;
    }

    private List<FeatureId> pool(FeatureId model, Set<FeatureId> taken) {
        FeatureActivity ofLayer = activity.get(model.layer());
        double density = ofLayer.density(model.feature());
        List<FeatureId> alive = IntStream.range(0, ofLayer.active_F().length)
                .filter(ofLayer::isAlive)
                .mapToObj(j -> new FeatureId(model.layer(), j))
                .filter(id -> !excluded.contains(id) && !taken.contains(id))
                .toList();
        return switch (match) {
            case LAYER -> alive;
            case DENSITY ->
                alive.stream()
                        .sorted(Comparator.comparingDouble(
                                (FeatureId id) -> Math.abs(ofLayer.density(id.feature()) - density)))
                        .limit(NEIGHBOURS)
                        .toList();
        };
    }

    private static JobException tooFew(int layer, List<FeatureId> matched) {
        long wanted = matched.stream().filter(id -> id.layer() == layer).count();
        return new JobException(
                ExitCode.BAD_DATA,
                "Layer " + layer + " has too few features that fire on the attribution prompts to draw " + wanted
                        + " random ones",
                "The SAE is small or most of its features are dead.",
                "Lower attribute.top-features or attribute.candidates-per-layer, or train the SAE on more tokens.");
    }
}
