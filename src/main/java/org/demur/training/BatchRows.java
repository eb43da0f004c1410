package org.demur.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.demur.edit.HookPoint;
import org.demur.rows.RowInput;
import org.demur.rows.RowRequest;
import org.demur.rows.TrainingRows;
import org.demur.sae.train.Recipe;
import org.demur.sae.train.SampleFacts;
import org.demur.sae.train.ShardBatch;

/**
 * The rows of a layer as its dictionary takes them: the vectors that it encodes and, for a transcoder, those that it predicts,
 * token by token.
 */
final class BatchRows implements AutoCloseable {
    private final List<TrainingRows> views;

    private BatchRows(List<TrainingRows> views) {
        this.views = List.copyOf(views);
    }

    /**
     * Opens the rows of a request and those at further points.
     *
     * @param outputs the point that is predicted; empty for an autoencoder
     */
    static BatchRows open(RowRequest request, List<HookPoint> outputs) {
        Path scratch = Scratch.folder();
        List<TrainingRows> views = new ArrayList<>();
        try {
            for (RowRequest each : requests(request, outputs)) {
                views.add(TrainingRows.open(each, scratch));
            }
            return new BatchRows(views);
        } catch (RuntimeException e) {
            views.forEach(TrainingRows::close);
            throw e;
        }
    }

    /** A request and those for the same rows at further points. */
    static List<RowRequest> requests(RowRequest request, List<HookPoint> outputs) {
        List<RowRequest> all = new ArrayList<>(List.of(request));
        for (HookPoint output : outputs) {
            RowInput partner = request.input().partner(output);
            all.add(new RowRequest(partner, request.batches(), request.seed(), request.shards(), request.storage()));
        }
        return all;
    }

    /** What is encoded; counts and mixing are those of all. */
    TrainingRows inputs() {
        return views.get(0);
    }

    /** What is reconstructed. */
    TrainingRows outputs() {
        return views.get(views.size() - 1);
    }

    /** What is reconstructed. */
    ShardBatch.Target target() {
        return views.size() == 1 ? ShardBatch.Target.INPUT : ShardBatch.Target.OTHER_VECTOR;
    }

    /** What the samples say. */
    SampleFacts sample(Recipe.Scaling scaling) {
        TrainingRows rows = inputs();
        SampleFacts facts = SampleFacts.of(
                rows.sample().x_ND(),
                rows.sample().width(),
                scaling,
                rows.facts().meanNorm());
        return switch (target()) {
            case INPUT -> facts;
            case OTHER_VECTOR ->
                facts.predicting(outputs().sample().x_ND(), outputs().sample().width());
        };
    }

    /** Fills the batches of this worker's shards. */
    void load(int step, List<ShardBatch> batches) {
        for (int view = 0; view < views.size(); view++) {
            BatchSink.Part part = view == 0 ? BatchSink.Part.INPUT : BatchSink.Part.OUTPUT;
            views.get(view)
                    .load(
                            step,
                            batches.stream()
                                    .map(batch -> new BatchSink(batch, part))
                                    .toList());
        }
    }

    /** Seconds spent waiting for rows. */
    double wait_s() {
        return views.stream().mapToDouble(TrainingRows::wait_s).sum();
    }

    @Override
    public void close() {
        views.forEach(TrainingRows::close);
    }
}
