package org.demur.direction;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.LongAccumulator;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.cells.PromptSample;
import org.demur.cells.StageJob;
import org.demur.cells.StudyPrompt;
import org.demur.refusal.LikelyTokens;
import org.demur.refusal.RefusalTokens;
import org.demur.runtime.StageContext;

/**
 * One forward pass over the training prompts. Its readings stay in Spark's storage between two actions, because the
 * refusal tokens must be known before the filter can decide which prompts enter the means.
 */
final class ReadingPass {
    private final StageContext context;
    private final DirectionSettings settings;
    private final JavaSparkContext spark;

    ReadingPass(StageContext context, DirectionSettings settings) {
        this.context = context;
        this.settings = settings;
        this.spark = JavaSparkContext.fromSparkContext(context.spark().sparkContext());
    }

    /** Reads the prompts; the caller closes the readings. */
    Readings run() {
        List<StudyPrompt> harmful = draw(settings.sets().harmful(), "direction-harmful");
        List<StudyPrompt> harmless = draw(settings.sets().harmless(), "direction-harmless");
        int positions = commonPositions(harmful, harmless);
        int prompts = harmful.size() + harmless.size();
        List<SideShard> shards =
                SideShard.split(harmful, harmless, settings.work().shards());
        JavaRDD<ShardReading> read = spark.parallelize(shards, shards.size())
                .map(new ReadingTask(context.model(), positions, settings.work().maxTokensPerBatch()))
                .persist(StorageLevel.MEMORY_AND_DISK());
        boolean isComplete = false;
        try {
            List<ShardReading.Next> next = new StageJob("direction: read prompts", prompts, "prompts")
                    .collect(context, counter -> read.map(reading -> counted(reading, counter)));
            RefusalTokens tokens = refusalTokens(next);
            isComplete = true;
            return new Readings(
                    read,
                    tokens,
                    new ShardReading.Filter(tokens.ids(), settings.filter()),
                    next.get(0).template());
        } finally {
            if (!isComplete) {
                read.unpersist();
            }
        }
    }

    private static ShardReading.Next counted(ShardReading reading, LongAccumulator counter) {
        counter.add(reading.readings().size());
        return reading.next();
    }

    private List<StudyPrompt> draw(List<String> sets, String purpose) {
        return PromptSample.draw(context, sets, settings.promptsPerSide(), purpose);
    }

    /** The template decides how many tokens follow the user's text, so one template gives one number. */
    private static int commonPositions(List<StudyPrompt> harmful, List<StudyPrompt> harmless) {
        int[] counts = Stream.concat(harmful.stream(), harmless.stream())
                .mapToInt(StudyPrompt::postInstructionTokens)
                .distinct()
                .toArray();
        if (counts.length != 1 || counts[0] == 0) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    "Prompts end in different numbers of post-instruction tokens: " + Arrays.toString(counts),
                    "The chat template adds nothing after the user's text, or renders prompts in different ways.",
                    "Check the column token_classes of the table prompts for the direction sets.");
        }
        return counts[0];
    }

    private RefusalTokens refusalTokens(List<ShardReading.Next> shards) {
        Map<Side, List<LikelyTokens>> bySide = new EnumMap<>(Side.class);
        for (ShardReading.Next shard : shards) {
            bySide.computeIfAbsent(shard.side(), side -> new ArrayList<>()).addAll(shard.distributions());
        }
        return RefusalTokens.find(
                LikelyTokens.mean(bySide.get(Side.HARMFUL)),
                LikelyTokens.mean(bySide.get(Side.HARMLESS)),
                settings.refusalTokenThreshold());
    }
}
