package org.demur.activations;

import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
import org.demur.corpus.PromptKey;
import org.demur.corpus.ResidualVector;
import org.demur.corpus.StoredVectors;
import org.demur.corpus.TokenisedPrompt;
import org.demur.corpus.UnitForward;
import org.demur.corpus.UnitPlan;
import org.demur.edit.HookPoint;
import org.demur.engine.ModelSpec;
import org.demur.runtime.ModelRegistry;

/**
 * One task: runs the prompts of a shard in units of similar length and yields the rows of {@code activations}, unit
 * by unit. The order of prompts, and so every sum of the model, depends on the shard's prompts alone.
 */
record ShardExtraction(
        ModelSpec model,
        ExtractSettings settings,
        StoredVectors stored,
        LongAccumulator tokens,
        CollectionAccumulator<BadVector> badVectors)
        implements Serializable {

    /** A vector that is set aside because it holds NaN or an infinity. */
    record BadVector(PromptKey key, int layer, int position) implements Serializable {}

    /** The rows of the shard, computed while they are taken. */
    Iterator<Row> rows(Iterator<TokenisedPrompt> shard) {
        List<TokenisedPrompt> prompts = new ArrayList<>();
        shard.forEachRemaining(prompts::add);
        return new UnitRows(new ArrayDeque<>(UnitPlan.ofShard(prompts, settings.maxTokensPerBatch())));
    }

    private List<Row> extract(List<TokenisedPrompt> unit) {
        List<Row> rows = new ArrayList<>();
        Set<String> excluded = Set.copyOf(settings.excludedClasses());
        new UnitForward(ModelRegistry.model(model), new TreeSet<>(settings.points()), settings.maxTokensPerBatch())
                .run(unit.stream().map(TokenisedPrompt::tokenIds).toList(), (prompt, point, vector) -> {
                    if (!excluded.contains(unit.get(prompt).classes()[vector.t()])) {
                        addRow(rows, unit.get(prompt), point, vector);
                    }
                });
        unit.forEach(prompt -> tokens.add(prompt.length()));
        return rows;
    }

    private void addRow(List<Row> rows, TokenisedPrompt prompt, HookPoint point, ResidualVector vector) {
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
                stored.contains(prompt.key(), t) ? vector.encoded(settings.dtype()) : null,
                settings.dtype().sqlName(),
                vector.d()));
    }

    private final class UnitRows implements Iterator<Row> {
        private final Deque<List<TokenisedPrompt>> units;
        private Iterator<Row> current = List.<Row>of().iterator();

        UnitRows(Deque<List<TokenisedPrompt>> units) {
            this.units = units;
        }

        @Override
        public boolean hasNext() {
            while (!current.hasNext() && !units.isEmpty()) {
                current = extract(units.remove()).iterator();
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
