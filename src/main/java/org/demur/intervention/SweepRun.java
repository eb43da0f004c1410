package org.demur.intervention;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.demur.cells.Cell;
import org.demur.cells.CellEdits;
import org.demur.cells.StageJob;
import org.demur.cells.StudyPrompt;
import org.demur.runtime.StageContext;

/**
 * Answers the prompts of a grid: all at once, or, where cells may stop early, so many prompts of every set after the
 * other, in an order that the seed draws.
 */
final class SweepRun {
    private final StageContext context;
    private final String stage;
    private final AnswerSettings settings;
    private final CellEdits edits;
    private final Separation separation;

    SweepRun(StageContext context, String stage, AnswerSettings settings, CellEdits edits) {
        this.context = context;
        this.stage = stage;
        this.settings = settings;
        this.edits = edits;
        this.separation = new Separation(settings.earlyStop());
    }

    /** Why cells stopped early, by id. */
    Map<String, String> stopped() {
        return separation.reasons();
    }

    /** The files of all answers. */
    List<String> answer(List<Cell> cells, Map<String, List<StudyPrompt>> promptsBySet) {
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(context.spark().sparkContext());
        Broadcast<CellEdits> broadcast = spark.broadcast(edits);
        SweepSchedule schedule = new SweepSchedule(edits, settings);
        List<String> files = new ArrayList<>();
        List<Cell> open = cells;
        try {
            for (Map<String, List<StudyPrompt>> wave : waves(promptsBySet)) {
                List<Cell> now = open.stream()
                        .filter(cell -> wave.containsKey(cell.setName()))
                        .toList();
                List<String> made = generate(schedule.batches(now, wave), broadcast);
                files.addAll(made);
                if (settings.earlyStop().isOn()) {
                    separation.count(made);
                    Map<String, Integer> sizes = new LinkedHashMap<>();
                    promptsBySet.forEach((set, prompts) -> sizes.put(set, prompts.size()));
                    open = separation.open(open, sizes);
                }
            }
            return files;
        } finally {
            broadcast.destroy();
        }
    }

    private List<Map<String, List<StudyPrompt>>> waves(Map<String, List<StudyPrompt>> promptsBySet) {
        if (!settings.earlyStop().isOn()) {
            return List.of(promptsBySet);
        }
        List<Map<String, List<StudyPrompt>>> waves = new ArrayList<>();
        promptsBySet.forEach((set, prompts) -> {
            List<StudyPrompt> drawn = prompts.stream()
                    .sorted(Comparator.comparingLong(
                            prompt -> context.seed().derive("early-stop " + set + "/" + prompt.promptId())))
                    .toList();
            for (int from = 0; from < drawn.size(); from += settings.rowsPerTask()) {
                int wave = from / settings.rowsPerTask();
                if (waves.size() == wave) {
                    waves.add(new LinkedHashMap<>());
                }
                int to = Math.min(drawn.size(), from + settings.rowsPerTask());
                waves.get(wave).put(set, drawn.subList(from, to));
            }
        });
        return waves;
    }

    private List<String> generate(List<SweepBatch> batches, Broadcast<CellEdits> broadcast) {
        if (batches.isEmpty()) {
            return List.of();
        }
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(context.spark().sparkContext());
        Path scratch = context.warehouse().scratch(stage, context.run());
        long rows = batches.stream().mapToLong(SweepBatch::rows).sum();
        return new StageJob(stage + ": generate", rows, "completions").collect(context, counter -> spark.parallelize(
                        batches, batches.size())
                .map(new SweepTask(context.model(), broadcast, scratch.toString(), settings.limits(), counter)));
    }
}
