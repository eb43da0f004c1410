package org.demur.losses;

import static org.apache.spark.sql.functions.col;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.prompts.TokenClass;
import org.demur.runtime.RunSeed;

/** Draws the texts on which an intervention's cost is measured: harmless prompts with their recorded responses. */
public final class HarmlessTexts {
    private HarmlessTexts() {}

    /** The texts, in order of set and id; equal tables and seeds give equal texts. */
    public static List<ScoredText> draw(Dataset<Row> prompts, LossSettings settings, RunSeed seed) {
        List<ScoredText> all = prompts
                .where(col("kind").equalTo("chat_response"))
                .where(col("label").equalTo("harmless"))
                .where(col("set_name").isin(settings.sets().toArray()))
                .select("set_name", "prompt_id", "token_ids", "token_classes")
                .orderBy("set_name", "prompt_id")
                .collectAsList()
                .stream()
                .map(row -> text(row, settings.tokensPerText()))
                .filter(text -> text.scoredTokens() > 0)
                .toList();
        if (all.isEmpty()) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "No harmless prompt with a response in the sets " + String.join(", ", settings.sets()),
                    "They have no target, lack with-response = true or are not labelled harmless.",
                    "Set with-response = true and label = harmless for one of them, or take away the use that names them.");
        }
        return settings.texts() == 0 ? all : pick(all, settings.texts(), seed);
    }

    private static List<ScoredText> pick(List<ScoredText> all, int limit, RunSeed seed) {
        long[] keys = IntStream.range(0, all.size())
                .mapToLong(i -> seed.derive("cross-entropy texts", i))
                .toArray();
        return IntStream.range(0, all.size())
                .boxed()
                .sorted(Comparator.comparingLong(i -> keys[i]))
                .limit(limit)
                .sorted()
                .map(all::get)
                .toList();
    }

    private static ScoredText text(Row row, int tokensPerText) {
        int[] ids = row.<Integer>getList(2).stream()
                .limit(tokensPerText)
                .mapToInt(Integer::intValue)
                .toArray();
        List<TokenClass> classes = row.<String>getList(3).stream()
                .limit(tokensPerText)
                .map(TokenClass::labelled)
                .toList();
        return ScoredText.of(row.getString(0), row.getString(1), ids, classes, TokenClass.RESPONSE);
    }
}
