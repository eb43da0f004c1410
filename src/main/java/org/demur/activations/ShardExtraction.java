package org.demur.activations;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.LongAccumulator;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.LanguageModel;
import org.demur.engine.ModelSpec;
import org.demur.engine.TokenSequence;
import org.demur.runtime.ModelRegistry;

/**
 * One task: runs the prompts of a shard in batches of similar length and yields the rows of {@code activations}, batch
 * by batch. The order of prompts, and so every sum of the model, depends on the shard's prompts alone.
 */
record ShardExtraction(
        ModelSpec model, ExtractSettings settings, LongAccumulator tokens, CollectionAccumulator<BadVector> badVectors)
        implements Serializable {

    /** A vector that is set aside because it holds NaN or an infinity. */
    record BadVector(PromptKey key, int layer, int position) implements Serializable {}

    /** The rows of the shard, computed while they are taken. */
    Iterator<Row> rows(Iterator<TokenisedPrompt> shard) {
        List<TokenisedPrompt> prompts = new ArrayList<>();
        shard.forEachRemaining(prompts::add);
        prompts.sort(Comparator.comparingInt(TokenisedPrompt::length).thenComparing(TokenisedPrompt::key));
        return new BatchRows(batches(prompts));
    }

    private Deque<List<TokenisedPrompt>> batches(List<TokenisedPrompt> prompts) {
        Deque<List<TokenisedPrompt>> batches = new ArrayDeque<>();
        int room = 0;
        for (TokenisedPrompt prompt : prompts) {
            if (batches.isEmpty() || prompt.length() > room) {
                batches.add(new ArrayList<>());
                room = settings.maxTokensPerBatch();
            }
            batches.getLast().add(prompt);
            room -= prompt.length();
        }
        return batches;
    }

    private List<Row> extract(List<TokenisedPrompt> batch) {
        LanguageModel language = ModelRegistry.model(model);
        ForwardPlan plan = ForwardPlan.capture(new TreeSet<>(settings.points()))
                .withMaxTokensPerBatch(settings.maxTokensPerBatch());
        ForwardResult result = language.forward(
                batch.stream()
                        .map(prompt -> TokenSequence.plain(prompt.tokenIds()))
                        .toList(),
                plan);
        List<Row> rows = new ArrayList<>();
        Set<String> excluded = Set.copyOf(settings.excludedClasses());
        for (int i = 0; i < batch.size(); i++) {
            TokenisedPrompt prompt = batch.get(i);
            for (HookPoint point : settings.points()) {
                float[] x_TD = result.activation(i, point);
                int d = x_TD.length / prompt.length();
                for (int t = 0; t < prompt.length(); t++) {
                    if (!excluded.contains(prompt.classes()[t])) {
                        addRow(rows, prompt, point, new Vector(x_TD, t, d));
                    }
                }
            }
            tokens.add(prompt.length());
        }
        return rows;
    }

    private void addRow(List<Row> rows, TokenisedPrompt prompt, HookPoint point, Vector vector) {
        float norm = vector.norm();
        int t = vector.t();
        if (!Float.isFinite(norm)) {
            badVectors.add(new BadVector(prompt.key(), point.layer(), t));
            return;
        }
        rows.add(RowFactory.create(
                point.layer(),
                point.site().sqlName(),
                prompt.key().setName(),
                prompt.key().promptId(),
                prompt.key().kind(),
                t,
                prompt.tokenIds()[t],
                prompt.classes()[t],
                norm,
                settings.dtype().encode(vector.x_TD(), t * vector.d(), vector.d()),
                settings.dtype().sqlName(),
                vector.d()));
    }

    /** Row {@code t} of a [T, d] array. */
    private record Vector(float[] x_TD, int t, int d) {

        /** Length of the vector, summed in float64. */
        float norm() {
            double squares = 0;
            for (int i = t * d; i < (t + 1) * d; i++) {
                squares += (double) x_TD[i] * x_TD[i];
            }
            return (float) Math.sqrt(squares);
        }
    }

    private final class BatchRows implements Iterator<Row> {
        private final Deque<List<TokenisedPrompt>> batches;
        private Iterator<Row> current = List.<Row>of().iterator();

        BatchRows(Deque<List<TokenisedPrompt>> batches) {
            this.batches = batches;
        }

        @Override
        public boolean hasNext() {
            while (!current.hasNext() && !batches.isEmpty()) {
                current = extract(batches.remove()).iterator();
            }
            return current.hasNext();
        }

        @Override
        public Row next() {
            if (!hasNext()) {
                throw new NoSuchElementException("The shard has no more rows");
            }
            return current.next();
        }
    }
}
