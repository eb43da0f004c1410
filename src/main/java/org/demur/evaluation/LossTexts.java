package org.demur.evaluation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.demur.runtime.StageContext;
import org.demur.sae.HeldOutPrompts;
import org.demur.sae.RowHash;
import org.demur.schema.Table;

/** Chooses held-out texts and responses of the corpus, in the order of a hash of their keys, up to a number of tokens. */
final class LossTexts {
    private final StageContext context;
    private final EvaluateSettings settings;
    private final TrainedRows trained;

    LossTexts(StageContext context, EvaluateSettings settings, TrainedRows trained) {
        this.context = context;
        this.settings = settings;
        this.trained = trained;
    }

    List<LossText> choose() {
        Set<String> classes = distinct(Table.ACTIVATION_STATS, "token_class");
        classes.removeAll(trained.excludedClasses());
        long seed = context.seed().derive("evaluate texts");
        List<Row> candidates = new ArrayList<>(candidates(distinct(Table.ACTIVATIONS, "set_name")));
        candidates.sort(Comparator.comparingLong(row -> order(row, seed)));
        List<LossText> texts = new ArrayList<>();
        int tokens = 0;
        for (int i = 0; i < candidates.size() && tokens < settings.lossTokens(); i++) {
            LossText text = text(candidates.get(i), classes);
            if (text.tokenIds().length > 1) {
                texts.add(text);
                tokens += text.tokenIds().length;
            }
        }
        return texts;
    }

    private TreeSet<String> distinct(Table table, String column) {
        TreeSet<String> values = new TreeSet<>();
        context.warehouse()
                .read(table, context.input("extract"))
                .select(column)
                .distinct()
                .collectAsList()
                .forEach(row -> values.add(row.getString(0)));
        return values;
    }

    private List<Row> candidates(Set<String> corpus) {
        HeldOutPrompts heldOut = trained.heldOut();
        return context.warehouse()
                .read(Table.PROMPTS, context.input("prompts"))
                .where("kind IN ('chat_response', 'text')")
                .select("set_name", "prompt_id", "kind", "token_ids", "token_classes")
                .toJavaRDD()
                .filter(row ->
                        corpus.contains(row.getString(0)) && heldOut.contains(row.getString(0), row.getString(1)))
                .collect();
    }

    private static long order(Row row, long seed) {
        RowHash hash = new RowHash(seed);
        for (int column = 0; column <= 2; column++) {
            hash.add(row.getString(column).getBytes(StandardCharsets.UTF_8));
        }
        return hash.value();
    }

    private LossText text(Row row, Set<String> classes) {
        List<Integer> ids = row.getList(3);
        List<String> tokenClasses = row.getList(4);
        int length = Math.min(ids.size(), settings.tokensPerText());
        int[] tokenIds = new int[length];
        boolean[] ofTrainedClass = new boolean[length];
        for (int t = 0; t < length; t++) {
            tokenIds[t] = ids.get(t);
            ofTrainedClass[t] = classes.contains(tokenClasses.get(t));
        }
        return new LossText(tokenIds, ofTrainedClass);
    }
}
