package org.demur.sae.train;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.demur.sae.RowKernels;

/**
 * The end of a round: the replicas of all shards, each of which has trained on its own rows for some steps, become one again.
 * Every worker takes the {@link OuterRule} for its own features over the replicas in shard order and sends the outcome to all,
 * some rows at a time, so the result depends on the shards and not on who trains them, and the exchange takes a fixed amount
 * of memory.
 *
 * <p>Weights and the optimiser's iterates are averaged; iterates move along with what the outer rule adds to the mean, so an
 * average of iterates that the optimiser implies is averaged too. Moments stay with their shard (as in DiLoCo). A latent counts
 * as silent for as long as in the shard where it fired last. Decoder rows are scaled back to norm 1 where they are kept there.
 */
public final class OuterStep {
    /** Floats of one exchange over all replicas. */
    private static final int SLICE_FLOATS = 1 << 18;

    private final List<TrainingStep.Model> replicas;
    private final TrainingStep.Model first;
    private final OuterState state;
    private final Collective workers;
    private final FeatureBlocks blocks;
    private final int rowLength;
    private final int length;
    private final int sliceRows;
    private final float[] mean;
    private final float[][] received;
    private final float[][] receivedMeans;
    private final float[] lanes = new float[RowKernels.LANES];
    private long communication_ns;

    /**
     * Outer steps of training in {@code shards} shards.
     *
     * @param replicas this worker's, in shard order, all equal at the start
     */
    public OuterStep(List<TrainingStep.Model> replicas, OuterState state, int shards, Collective workers) {
        this.replicas = List.copyOf(replicas);
        this.first = replicas.get(0);
        this.state = state;
        this.workers = workers;
        SaeShape shape = first.weights().shape();
        this.blocks = FeatureBlocks.of(shape.features());
        this.rowLength = shape.rowLength();
        this.length = rowLength * (1 + first.state().optimiser().iterates());
        this.sliceRows = Math.max(1, SLICE_FLOATS / length / shards);
        this.mean = new float[sliceRows * length];
        this.received = new float[workers.size()][];
        this.receivedMeans = new float[workers.size()][];
        for (int rank = 0; rank < workers.size(); rank++) {
            boolean other = rank != workers.rank();
            // A worker has at most this many of the shards.
            int most = (shards + workers.size() - 1) / workers.size();
            received[rank] = new float[other ? most * sliceRows * length : 0];
            receivedMeans[rank] = new float[other ? sliceRows * length : 0];
        }
    }

    /** Notes the weights from which the next round starts; to be called before the first and after a restoration. */
    public void begin() {
        state.begin(first.weights());
    }

    /** Ends a round on all workers. */
    public void run() {
        int slices = IntStream.range(0, workers.size())
                .map(rank -> (end(rank) - start(rank) + sliceRows - 1) / sliceRows)
                .max()
                .orElseThrow();
        for (int slice = 0; slice < slices; slice++) {
            exchange(slice);
        }
        shareFacts();
    }

    /** Time spent exchanging rows, waiting for others included. */
    public double communication_s() {
        return communication_ns / 1e9;
    }

    private int start(int rank) {
        return blocks.start(blocks.firstOf(rank, workers.size()));
    }

    private int end(int rank) {
        return blocks.start(blocks.firstOf(rank + 1, workers.size()));
    }

    private ReplicaRows.Range range(int rank, int slice) {
        int from = Math.min(end(rank), start(rank) + slice * sliceRows);
        return new ReplicaRows.Range(from, Math.min(end(rank), from + sliceRows));
    }

    private void exchange(int slice) {
        ReplicaRows.Range own = range(workers.rank(), slice);
        long start = System.nanoTime();
        List<ReplicaRows> rows = workers.exchange(
                rank -> new ReplicaRows.Live(replicas, range(rank, slice)),
                (rank, source) -> ReplicaRows.Received.read(source, received[rank], first, own));
        communication_ns += System.nanoTime() - start;
        for (int j = own.from(); j < own.to(); j++) {
            average(rows, j, (j - own.from()) * length);
        }
        start = System.nanoTime();
        List<MeanRows> means = workers.allGather(
                new MeanRows(mean, own, length),
                (rank, source) -> MeanRows.read(source, receivedMeans[rank], range(rank, slice), length));
        communication_ns += System.nanoTime() - start;
        means.forEach(packet -> replicas.forEach(packet::copyTo));
    }

    /** Leaves the new row of a feature, and its iterates, in {@code mean}. */
    private void average(List<ReplicaRows> rows, int feature, int at) {
        float[] row = new float[length];
        int shards = 0;
        for (ReplicaRows worker : rows) {
            for (int replica = 0; replica < worker.replicas(); replica++) {
                worker.addTo(row, replica, feature);
                shards++;
            }
        }
        for (int i = 0; i < length; i++) {
            row[i] /= shards;
        }
        float[] plain = Arrays.copyOf(row, rowLength);
        state.step(feature, row);
        moveIterates(row, plain, rowLength);
        constrain(row);
        state.replace(feature, row);
        System.arraycopy(row, 0, mean, at, length);
    }

    /** Adds to every iterate what the rule has added to the mean. */
    private static void moveIterates(float[] row, float[] plain, int length) {
        for (int from = length; from < row.length; from += length) {
            for (int c = 0; c < length; c++) {
                row[from + c] += row[c] - plain[c];
            }
        }
    }

    private void constrain(float[] row) {
        SaeShape shape = first.weights().shape();
        Objective objective = first.objective();
        if (objective.decoderNorm() == Objective.DecoderNorm.ONE) {
            RowKernels.normalise(row, shape.input(), shape.output(), lanes);
        }
        for (int s = 0; s < shape.scalars(); s++) {
            int at = shape.input() + shape.output() + s;
            row[at] = Math.max(objective.architecture().least(s), row[at]);
        }
    }

    private void shareFacts() {
        int width = first.weights().shape().output();
        int biasLength = width * (1 + first.state().optimiser().iterates());
        long start = System.nanoTime();
        List<ReplicaFacts> all = workers.allGather(
                ReplicaFacts.of(replicas), (rank, source) -> ReplicaFacts.read(source, biasLength, blocks.features()));
        communication_ns += System.nanoTime() - start;
        float[] bias = new float[biasLength];
        int shards = 0;
        long[] silent = all.get(0).silentTokens_F().clone();
        for (ReplicaFacts facts : all) {
            for (float[] replica : facts.biases_RO()) {
                RowKernels.addScaled(bias, 0, 1, replica, 0, biasLength);
                shards++;
            }
            Arrays.setAll(silent, j -> Math.min(silent[j], facts.silentTokens_F()[j]));
        }
        for (int i = 0; i < biasLength; i++) {
            bias[i] /= shards;
        }
        float[] plain = Arrays.copyOf(bias, width);
        state.stepBias(bias);
        moveIterates(bias, plain, width);
        for (TrainingStep.Model replica : replicas) {
            System.arraycopy(bias, 0, replica.weights().b_dec(), 0, width);
            for (int i = 1; i * width < biasLength; i++) {
                System.arraycopy(bias, i * width, replica.b_decState()[i - 1], 0, width);
            }
            System.arraycopy(silent, 0, replica.dead().silentTokens_F(), 0, silent.length);
        }
    }
}
