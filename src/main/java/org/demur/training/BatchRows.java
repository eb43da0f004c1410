package org.demur.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.demur.rows.RowInput;
import org.demur.rows.RowRequest;
import org.demur.rows.TrainingRows;
import org.demur.sae.train.Recipe;
import org.demur.sae.train.SampleFacts;
import org.demur.sae.train.ShardBatch;

/**
 * The rows of a layer as its dictionary takes them: the vectors that it encodes and, token by token, for a transcoder those that it
 * predicts, for a crosscoder those of the second model.
 */
final class BatchRows implements AutoCloseable {
    private final List<TrainingRows> views;
    private final Beside beside;

    private BatchRows(List<TrainingRows> views, Beside beside) {
        this.views = List.copyOf(views);
        this.beside = beside;
    }

    /** Opens the rows of a request and those beside them. */
    static BatchRows open(RowRequest request, Beside beside) {
        Path scratch = Scratch.folder();
        List<TrainingRows> views = new ArrayList<>();
        try {
            for (RowRequest each : requests(request, beside)) {
                views.add(TrainingRows.open(each, scratch));
            }
            return new BatchRows(views, beside);
        } catch (RuntimeException e) {
            views.forEach(TrainingRows::close);
            throw e;
        }
    }

    /** A request and the one for the rows beside, if there are any. */
    static List<RowRequest> requests(RowRequest request, Beside beside) {
        List<RowRequest> all = new ArrayList<>(List.of(request));
        for (RowInput partner : beside.inputs()) {
            all.add(new RowRequest(partner, request.batches(), request.seed(), request.shards(), request.storage()));
        }
        return all;
    }

    /** What is encoded, by the first model; counts and mixing are those of all. */
    TrainingRows inputs() {
        return views.get(0);
    }

    /** What lies beside, or the inputs themselves. */
    TrainingRows others() {
        return views.get(views.size() - 1);
    }

    /** What is reconstructed. */
    ShardBatch.Target target() {
        return beside instanceof Beside.Output ? ShardBatch.Target.OTHER_VECTOR : ShardBatch.Target.INPUT;
    }

    /** The sample of what is encoded, [N, I]. */
    float[] sampleInputs() {
        float[] x_ND = inputs().sample().x_ND();
        return beside instanceof Beside.SecondModel
                ? sideBySide(x_ND, others().sample().x_ND(), inputs().sample().width())
                : x_ND;
    }

    private static float[] sideBySide(float[] first_ND, float[] second_ND, int width) {
        float[] both_NI = new float[first_ND.length + second_ND.length];
        for (int at = 0; at < first_ND.length; at += width) {
            System.arraycopy(first_ND, at, both_NI, 2 * at, width);
            System.arraycopy(second_ND, at, both_NI, 2 * at + width, width);
        }
        return both_NI;
    }

    /** Mean norms of all rows of each model. */
    double[] meanNorms() {
        return beside instanceof Beside.SecondModel
                ? new double[] {inputs().facts().meanNorm(), others().facts().meanNorm()}
                : new double[] {inputs().facts().meanNorm()};
    }

    /** What the samples say. */
    SampleFacts sample(Recipe.Scaling scaling) {
        double[] norms = meanNorms();
        double norm = norms.length == 1 ? norms[0] : Math.hypot(norms[0], norms[1]);
        SampleFacts facts = SampleFacts.of(sampleInputs(), inputs().sample().width() * beside.models(), scaling, norm);
        return switch (target()) {
            case INPUT -> facts;
            case OTHER_VECTOR ->
                facts.predicting(others().sample().x_ND(), others().sample().width());
        };
    }

    /** Fills the batches of this worker's shards. */
    void load(int step, List<ShardBatch> batches) {
        for (int view = 0; view < views.size(); view++) {
            BatchSink.Part part = part(view);
            views.get(view)
                    .load(
                            step,
                            batches.stream()
                                    .map(batch -> new BatchSink(batch, part))
                                    .toList());
        }
    }

    private BatchSink.Part part(int view) {
        if (beside instanceof Beside.SecondModel) {
            return view == 0 ? BatchSink.Part.FIRST_MODEL : BatchSink.Part.SECOND_MODEL;
        }
        return view == 0 ? BatchSink.Part.INPUT : BatchSink.Part.OUTPUT;
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
