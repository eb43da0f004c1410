package org.demur.direction;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.refusal.RefusalTokens;

/**
 * What one pass over the training prompts read, kept in Spark's storage until closed, so that every direction and its
 * stability come from the same pass.
 *
 * @param read one element a shard, harmful shards first
 * @param tokens first tokens by which the model refuses
 * @param filter which prompts take part
 * @param template what every prompt shares
 */
record Readings(
        JavaRDD<ShardReading> read, RefusalTokens tokens, ShardReading.Filter filter, ShardReading.Template template)
        implements AutoCloseable {

    /**
     * Directions of these kinds at every layer and position.
     *
     * @param penalty of the logistic regression
     */
    Findings findings(List<DirectionKind> kinds, double penalty) {
        Map<Side, ResidualSums> sums = sums();
        ResidualSums harmful = sums.get(Side.HARMFUL);
        ResidualSums harmless = sums.get(Side.HARMLESS);
        List<Candidate> means = ResidualSums.differences(harmful, harmless, template.nLayers(), positions());
        List<DirectionKind> probes = kinds.stream()
                .filter(kind -> kind != DirectionKind.DIFFERENCE_IN_MEANS)
                .toList();
        List<List<Candidate>> probed = probes.isEmpty() ? List.of() : places().fitted(read, probes, penalty);
        List<Candidate> candidates = new ArrayList<>();
        for (int place = 0; place < means.size(); place++) {
            if (kinds.contains(DirectionKind.DIFFERENCE_IN_MEANS)) {
                candidates.add(means.get(place));
            }
            candidates.addAll(probed.isEmpty() ? List.of() : probed.get(place));
        }
        return new Findings(tokens, candidates, template, harmful.n(), harmless.n());
    }

    /** Residuals of the prompts that take part, at one layer and position. */
    Samples samples(int layer, int position) {
        return places().samples(read, layer * positions() + position + positions());
    }

    @Override
    public void close() {
        read.unpersist();
    }

    private Places places() {
        return new Places(template.nLayers(), positions(), filter);
    }

    private int positions() {
        return template.positionTexts().size();
    }

    private Map<Side, ResidualSums> sums() {
        Map<Side, ResidualSums> sums = new EnumMap<>(Side.class);
        ShardReading.Filter taking = filter;
        for (ShardReading.Sums shard : read.map(reading -> reading.sums(taking)).collect()) {
            sums.computeIfAbsent(
                            shard.side(),
                            side -> ResidualSums.empty(shard.sums().size()))
                    .add(shard.sums());
        }
        sums.forEach((side, sum) -> requireSome(side, sum.n()));
        return sums;
    }

    private static void requireSome(Side side, int n) {
        if (n == 0) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "None of the " + side.name().toLowerCase(Locale.ROOT) + " prompts passed the filter",
                    "The model refuses none of the harmful prompts or all of the harmless ones.",
                    "Set direction.filter = false to keep every prompt, or choose other prompt sets.");
        }
    }
}
