package org.demur.attribution;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Greedy choice of a set by its measured effect. A feature's further effect is measured again only while its last known one
 * leads (Minoux 1978): the choice is the plain greedy one as long as further effects shrink while the set grows, which
 * features that write the same direction do.
 */
final class GreedySelection {
    /** Features measured at once: one request of the leader alone would leave the batch empty. */
    private static final int AT_ONCE = 4;

    private final Function<List<List<FeatureId>>, double[]> effect;
    private final int steps;

    /**
     * @param effect mean effect of each of several sets
     * @param steps size of the set, at most
     */
    GreedySelection(Function<List<List<FeatureId>>, double[]> effect, int steps) {
        this.effect = effect;
        this.steps = steps;
    }

    /** What is known of a feature: its further effect when the set had {@code chosen} features. */
    private record Gain(FeatureId id, double value, int chosen) {}

    /**
     * The features in the order of choice, with the further effect of each. Ends where no feature adds to the effect.
     *
     * @param single effect of every feature alone
     */
    Map<FeatureId, Double> choose(Map<FeatureId, Double> single) {
        List<Gain> open = new ArrayList<>();
        single.forEach((id, value) -> open.add(new Gain(id, value, 0)));
        Map<FeatureId, Double> chosen = new LinkedHashMap<>();
        double reached = 0;
        while (chosen.size() < steps && !open.isEmpty()) {
            Gain best = best(open, List.copyOf(chosen.keySet()), reached);
            if (best.value <= 0) {
                break;
            }
            open.remove(best);
            chosen.put(best.id, best.value);
            reached += best.value;
        }
        return chosen;
    }

    private Gain best(List<Gain> open, List<FeatureId> chosen, double reached) {
        Comparator<Gain> order =
                Comparator.comparingDouble((Gain gain) -> -gain.value).thenComparingLong(gain -> gain.id.key());
        open.sort(order);
        while (open.get(0).chosen < chosen.size()) {
            List<Integer> stale = new ArrayList<>();
            for (int i = 0; i < open.size() && stale.size() < AT_ONCE; i++) {
                if (open.get(i).chosen < chosen.size()) {
                    stale.add(i);
                }
            }
            double[] effects = effect.apply(
                    stale.stream().map(i -> with(chosen, open.get(i).id)).toList());
            for (int n = 0; n < effects.length; n++) {
                int i = stale.get(n);
                open.set(i, new Gain(open.get(i).id, effects[n] - reached, chosen.size()));
            }
            open.sort(order);
        }
        return open.get(0);
    }

    private static List<FeatureId> with(List<FeatureId> chosen, FeatureId next) {
        List<FeatureId> set = new ArrayList<>(chosen);
        set.add(next);
        return set;
    }
}
