package org.demur.cells;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.runtime.RunSeed;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;

/** Draws chat prompts from the table {@code prompts}; equal tables and seeds give equal samples. */
public final class PromptSample {
    private PromptSample() {}

    /**
     * At most {@code limit} prompts of the given sets, without replacement, in order of set and id.
     *
     * @param purpose names the random stream, and what the prompts are for in a failure
     * @throws JobException if the sets hold no chat prompt
     */
    public static List<StudyPrompt> draw(StageContext context, List<String> sets, int limit, String purpose) {
        List<StudyPrompt> all = read(context.warehouse().read(Table.PROMPTS, context.input("prompts")), sets);
        if (all.isEmpty()) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "No chat prompts for " + purpose + " in the sets " + String.join(", ", sets),
                    "The sets are empty, hold plain text only, or every row went to quarantine.",
                    "Look into the tables prompts and quarantine for these sets.");
        }
        return pick(all, limit, context.seed(), purpose);
    }

    /** Every chat prompt of the given sets, in order of set and id. */
    public static List<StudyPrompt> all(StageContext context, List<String> sets) {
        return read(context.warehouse().read(Table.PROMPTS, context.input("prompts")), sets);
    }

    /** Keeps the {@code limit} prompts with the smallest random keys, in their old order. */
    static List<StudyPrompt> pick(List<StudyPrompt> all, int limit, RunSeed seed, String purpose) {
        if (all.size() <= limit) {
            return all;
        }
        long[] keys = IntStream.range(0, all.size())
                .mapToLong(i -> seed.derive(purpose, i))
                .toArray();
        return IntStream.range(0, all.size())
                .boxed()
                .sorted(Comparator.comparingLong(i -> keys[i]))
                .limit(limit)
                .sorted()
                .map(all::get)
                .toList();
    }

    private static List<StudyPrompt> read(Dataset<Row> prompts, List<String> sets) {
        return prompts
                .where(prompts.col("kind")
                        .equalTo("chat")
                        .and(prompts.col("set_name").isin(sets.toArray())))
                .select("set_name", "prompt_id", "label", "token_ids", "token_classes")
                .orderBy("set_name", "prompt_id")
                .collectAsList()
                .stream()
                .map(row -> new StudyPrompt(
                        row.getString(0),
                        row.getString(1),
                        row.isNullAt(2) ? "" : row.getString(2),
                        row.<Integer>getList(3).stream()
                                .mapToInt(Integer::intValue)
                                .toArray(),
                        row.<String>getList(4).toArray(new String[0])))
                .toList();
    }
}
