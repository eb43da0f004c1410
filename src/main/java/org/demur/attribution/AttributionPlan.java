package org.demur.attribution;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.demur.cells.SelectedDirection;
import org.demur.cells.StudyPrompt;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.engine.ModelSpec;

/**
 * Everything that a task needs besides its prompts; broadcast once.
 *
 * @param slices the candidates' rows of each SAE, by layer in ascending order
 * @param saeFolder folder with {@code layer=N} for each SAE, readable by executors
 * @param direction the refusal direction
 * @param paths what is computed along which paths
 * @param tokenClasses classes of the tokens that count
 */
record AttributionPlan(
        ModelSpec model,
        Map<Integer, FeatureSlice> slices,
        String saeFolder,
        SelectedDirection direction,
        Paths paths,
        Set<String> tokenClasses,
        int maxTokensPerBatch)
        implements Serializable {

    /**
     * What is computed.
     *
     * @param rankings those that gradients give
     * @param steps gradients along a path, by mode
     * @param baseline where the path of {@link RankingMethod#IG} begins
     * @param longestPrompt tokens of the longest prompt, to which the published code pads the others
     * @param keepsMeans whether the mean features of every prompt are wanted
     */
    record Paths(
            List<RankingId> rankings,
            AttributionSettings.Steps steps,
            Baseline baseline,
            int longestPrompt,
            boolean keepsMeans)
            implements Serializable {
        boolean wants(RankingMethod method, AttributionMode mode) {
            return rankings.contains(new RankingId(method, mode));
        }

        boolean wants(AttributionMode mode) {
            return rankings.stream().anyMatch(ranking -> ranking.mode() == mode);
        }
    }

    List<Integer> layers() {
        return slices.keySet().stream().sorted().toList();
    }

    /** The point of that layer whose stream its SAE reads. */
    HookPoint at(int layer) {
        return slices.get(layer).at();
    }

    /** The points of all SAEs, in forward order. */
    SortedSet<HookPoint> points() {
        SortedSet<HookPoint> points = new TreeSet<>();
        slices.values().forEach(slice -> points.add(slice.at()));
        return points;
    }

    /** Which tokens of a prompt count. */
    boolean[] mask(StudyPrompt prompt) {
        boolean[] mask = new boolean[prompt.length()];
        for (int t = 0; t < mask.length; t++) {
            mask[t] = tokenClasses.contains(prompt.tokenClasses()[t]);
        }
        return mask;
    }
}
