package org.demur.losses;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.demur.cells.Cell;
import org.demur.cells.CellEdits;
import org.demur.cells.StageJob;
import org.demur.edit.Edit;
import org.demur.runtime.StageContext;
import org.demur.statistics.Bootstrap;

/**
 * Measures interventions, each once, on harmless texts, whatever prompt sets their cells are about. Interventions that
 * differ by prompt have no meaning for other prompts and are left out.
 */
public final class HarmlessLosses {
    /** Fixed, because column comments state it. */
    private static final double CONFIDENCE = 0.95;

    private final StageContext context;
    private final String stage;
    private final LossSettings settings;

    /** Measures for the stage of that name. */
    public HarmlessLosses(StageContext context, String stage, LossSettings settings) {
        this.context = context;
        this.stage = stage;
        this.settings = settings;
    }

    /** The change in cross-entropy by cell id, for every cell that can be measured. */
    public Map<String, CrossEntropyChange> changes(CellEdits edits, List<Cell> cells, List<ScoredText> texts) {
        Map<String, List<Edit>> interventions = interventions(edits, cells);
        // The untouched model comes first and stands for every cell without edits.
        List<List<Edit>> distinct = Stream.concat(Stream.of(List.<Edit>of()), interventions.values().stream())
                .distinct()
                .toList();
        List<double[]> nats = measure(distinct, texts);
        Map<String, CrossEntropyChange> changes = new HashMap<>();
        interventions.forEach((intervention, own) ->
                changes.put(intervention, change(texts, nats.get(0), nats.get(distinct.indexOf(own)))));
        Map<String, CrossEntropyChange> byCell = new HashMap<>();
        cells.stream()
                .filter(cell -> changes.containsKey(cell.intervention()))
                .forEach(cell -> byCell.put(cell.cellId(), changes.get(cell.intervention())));
        return byCell;
    }

    private static Map<String, List<Edit>> interventions(CellEdits edits, List<Cell> cells) {
        Map<String, List<Edit>> interventions = new LinkedHashMap<>();
        for (Cell cell : cells) {
            if (!edits.isOfPrompt(cell)) {
                interventions.computeIfAbsent(cell.intervention(), missing -> edits.edits(cell, ""));
            }
        }
        return interventions;
    }

    /** Nats of every text, in the order of the texts, for each list of edits. */
    private List<double[]> measure(List<List<Edit>> interventions, List<ScoredText> texts) {
        int shards = Math.min(settings.work().shards(), texts.size());
        List<LossJob> jobs = new ArrayList<>();
        for (List<Edit> edits : interventions) {
            for (int shard = 0; shard < shards; shard++) {
                int from = shard * texts.size() / shards;
                int to = (shard + 1) * texts.size() / shards;
                jobs.add(new LossJob(edits, List.copyOf(texts.subList(from, to))));
            }
        }
        long total = (long) interventions.size() * texts.size();
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(context.spark().sparkContext());
        List<double[]> parts = new StageJob(stage + ": cross-entropy on harmless text", total, "texts")
                .collect(context, finished -> spark.parallelize(jobs, jobs.size())
                        .map(task(finished)));
        return IntStream.range(0, interventions.size())
                .mapToObj(i -> parts.subList(i * shards, (i + 1) * shards).stream()
                        .flatMapToDouble(Arrays::stream)
                        .toArray())
                .toList();
    }

    private LossTask task(LongAccumulator finished) {
        return new LossTask(context.model(), settings.work().maxTokensPerBatch(), finished);
    }

    private CrossEntropyChange change(List<ScoredText> texts, double[] baseNats, double[] editedNats) {
        List<PairedLoss> losses = IntStream.range(0, baseNats.length)
                .mapToObj(i -> new PairedLoss(texts.get(i).scoredTokens(), baseNats[i], editedNats[i]))
                .toList();
        Bootstrap bootstrap = new Bootstrap(
                settings.bootstrapResamples(), CONFIDENCE, context.seed().derive("cross-entropy bootstrap"));
        return CrossEntropyChange.of(losses, bootstrap);
    }
}
