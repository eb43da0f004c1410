package org.demur.scoring;

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
import org.demur.losses.ScoredText;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.statistics.Bootstrap;

/**
 * Measures every intervention of the sweep once on the harmless texts, whatever prompt sets it was swept over.
 * Interventions that differ by prompt have no meaning for other prompts and are left out.
 */
final class HarmlessLosses {
    private final StageContext context;
    private final ScoreSettings settings;

    HarmlessLosses(StageContext context, ScoreSettings settings) {
        this.context = context;
        this.settings = settings;
    }

    /** The change in cross-entropy by cell id, for every cell that can be measured. */
    Map<String, CrossEntropyChange> changes(List<Cell> cells) {
        List<ScoredText> texts = HarmlessTexts.draw(
                context.warehouse().read(Table.PROMPTS, context.input("prompts")),
                settings.crossEntropy(),
                context.seed());
        Map<String, List<Edit>> interventions = interventions(cells);
        // The untouched model comes first and stands for every cell without edits.
        List<List<Edit>> distinct = Stream.concat(Stream.of(List.<Edit>of()), interventions.values().stream())
                .distinct()
                .toList();
        List<double[]> nats = measure(distinct, texts);
        Map<String, CrossEntropyChange> changes = new HashMap<>();
        interventions.forEach((intervention, edits) ->
                changes.put(intervention, change(texts, nats.get(0), nats.get(distinct.indexOf(edits)))));
        Map<String, CrossEntropyChange> byCell = new HashMap<>();
        cells.stream()
                .filter(cell -> changes.containsKey(cell.intervention()))
                .forEach(cell -> byCell.put(cell.cellId(), changes.get(cell.intervention())));
        return byCell;
    }

    private Map<String, List<Edit>> interventions(List<Cell> cells) {
        CellEdits edits = CellEdits.load(context);
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
        int shards = Math.min(settings.crossEntropy().work().shards(), texts.size());
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
        List<double[]> parts = new StageJob("score: cross-entropy on harmless text", total, "texts")
                .collect(context, finished -> spark.parallelize(jobs, jobs.size())
                        .map(task(finished)));
        return IntStream.range(0, interventions.size())
                .mapToObj(i -> parts.subList(i * shards, (i + 1) * shards).stream()
                        .flatMapToDouble(Arrays::stream)
                        .toArray())
                .toList();
    }

    private LossTask task(LongAccumulator finished) {
        return new LossTask(context.model(), settings.crossEntropy().work().maxTokensPerBatch(), finished);
    }

    private CrossEntropyChange change(List<ScoredText> texts, double[] baseNats, double[] editedNats) {
        List<PairedLoss> losses = IntStream.range(0, baseNats.length)
                .mapToObj(i -> new PairedLoss(texts.get(i).scoredTokens(), baseNats[i], editedNats[i]))
                .toList();
        Bootstrap bootstrap = new Bootstrap(
                settings.crossEntropy().bootstrapResamples(),
                ScoreStage.CONFIDENCE,
                context.seed().derive("cross-entropy bootstrap"));
        return CrossEntropyChange.of(losses, bootstrap);
    }
}
