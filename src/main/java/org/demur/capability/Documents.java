package org.demur.capability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.losses.ScoredText;
import org.demur.prompts.TokenClass;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;

/** Draws fixed documents from the table {@code prompts}; equal tables and seeds give equal documents. */
final class Documents {
    private final StageContext context;

    Documents(StageContext context) {
        this.context = context;
    }

    /** A row of the table: the key of a document and its tokens. */
    record Source(String setName, String id, Passage passage) {}

    /** These rows of an entry as texts with scored tokens, in their order, those without any left out. */
    static List<ScoredText> texts(DocumentSettings settings, List<Source> sources) {
        TokenClass scored =
                switch (settings.kind()) {
                    case TEXT -> TokenClass.TEXT;
                    case RESPONSE, ON_POLICY -> TokenClass.RESPONSE;
                };
        List<ScoredText> texts = new ArrayList<>();
        for (Source source : sources) {
            int length = Math.min(settings.maxTokens(), source.passage().length());
            int[] ids = IntStream.of(source.passage().tokenIds()).limit(length).toArray();
            ScoredText text = ScoredText.of(
                    source.setName(),
                    source.id(),
                    ids,
                    source.passage().classes().subList(0, length),
                    scored);
            if (text.scoredTokens() > 0) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** The rows of an entry, in order of set and id. */
    List<Source> sources(DocumentSettings settings) {
        List<Source> all = read(settings);
        if (all.isEmpty()) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "No documents of kind " + settings.kind().name().toLowerCase(Locale.ROOT) + " for "
                            + settings.name() + " in the sets " + String.join(", ", settings.sets()),
                    "the sets are of another kind, are not labelled harmless, or have no recorded answers",
                    "name other sets in capability.documents, or set label = harmless, with-response = true or kind ="
                            + " text for these");
        }
        if (settings.limit() == 0 || settings.limit() >= all.size()) {
            return all;
        }
        long[] keys = IntStream.range(0, all.size())
                .mapToLong(i -> context.seed().derive("capability documents " + settings.name(), i))
                .toArray();
        return IntStream.range(0, all.size())
                .boxed()
                .sorted(Comparator.comparingLong(i -> keys[i]))
                .limit(settings.limit())
                .sorted()
                .map(all::get)
                .toList();
    }

    private List<Source> read(DocumentSettings settings) {
        Dataset<Row> prompts = context.warehouse().read(Table.PROMPTS, context.input("prompts"));
        String rows =
                switch (settings.kind()) {
                    case TEXT -> "kind = 'text'";
                    case RESPONSE -> "kind = 'chat_response' AND label = 'harmless'";
                    case ON_POLICY -> "kind = 'chat' AND label = 'harmless'";
                };
        return prompts
                .where(rows)
                .where(prompts.col("set_name").isin(settings.sets().toArray()))
                .where("n_tokens >= 2")
                .select("set_name", "prompt_id", "token_ids", "token_classes")
                .orderBy("set_name", "prompt_id")
                .collectAsList()
                .stream()
                .map(row -> new Source(row.getString(0), row.getString(1), passage(row)))
                .toList();
    }

    private static Passage passage(Row row) {
        int[] ids = row.<Integer>getList(2).stream().mapToInt(Integer::intValue).toArray();
        List<TokenClass> classes =
                row.<String>getList(3).stream().map(TokenClass::labelled).toList();
        return new Passage(ids, classes);
    }
}
