package org.demur.sae.train;

import org.demur.sae.RowKernels;

/**
 * Reconstructs single rows and leaves the gradients of their squared errors: of every prefix of the features and, where there is
 * one, of the second reconstruction. For one thread.
 *
 * <p>Legend: {@code O} width of the output, {@code P} prefixes. What the latents of prefix p add takes part in all
 * reconstructions from p on, so their gradient is the sum over those.
 */
final class RowReconstruction implements AutoCloseable {
    private final TrainingWeights weights;
    private final Architecture architecture;
    private final LossScale loss;
    private final EncoderProducts.Chunk chunk;
    private final Coder coder;
    private final int[] prefixes;
    private final double[] prefixWeights;
    private final float[] lanes = new float[4 * RowKernels.LANES];

    RowReconstruction(TrainingWeights weights, Objective objective, LossScale loss) {
        this.weights = weights;
        this.architecture = objective.architecture();
        this.loss = loss;
        this.chunk = weights.encoder().chunk();
        this.coder = architecture.coder(new CoderScope(weights, loss));
        this.prefixes = architecture.prefixes(weights.features());
        this.prefixWeights = architecture.prefixWeights(weights.features());
    }

    void begin(StepFacts step) {
        coder.begin(step);
    }

    Coder coder() {
        return coder;
    }

    EncoderProducts.Chunk chunk() {
        return chunk;
    }

    float[] lanes() {
        return lanes;
    }

    /** Reconstructs row {@code row} of the batch, which is row {@code own} of its chunk's codes. */
    void run(ShardBatch batch, int row, CodeSets codes, int own, ChunkSums sums) {
        int width = weights.shape().output();
        int at = row * width;
        ChunkCodes main = codes.main();
        int last = prefixes.length - 1;
        batch.emptyError(row, loss.inputScale(), weights.b_dec(), batch.slopes_PBO()[0]);
        int from = main.start(own);
        for (int p = 0; p <= last; p++) {
            float[] error = batch.slopes_PBO()[p];
            if (p > 0) {
                System.arraycopy(batch.slopes_PBO()[p - 1], at, error, at, width);
            }
            int to = p == last ? main.start(own + 1) : endOf(main, from, main.start(own + 1), prefixes[p]);
            weights.w_dec().gather(error, at, main.features(), main.values(), from, to);
            double squared = RowKernels.dot(error, at, error, at, width, lanes);
            sums.reconstruction += prefixWeights[p] * squared * loss.perSquare();
            sums.squaredError += p == last ? squared : 0;
            from = to;
        }
        RowKernels.addScaled(sums.error_O, 0, 1, batch.slopes_PBO()[last], at, width);
        slopes(batch, at, main, own);
        sums.active += active(main, own);
        RowKernels.addScaled(sums.biasSlope_O, 0, 1, batch.slopes_PBO()[0], at, width);
        if (architecture.hasSecond()) {
            second(batch, row, codes.second(), own, sums);
        }
    }

    private static int endOf(ChunkCodes codes, int from, int to, int feature) {
        int end = from;
        while (end < to && codes.features()[end] < feature) {
            end++;
        }
        return end;
    }

    private static int active(ChunkCodes main, int own) {
        int active = 0;
        for (int i = main.start(own); i < main.start(own + 1); i++) {
            active += main.values()[i] > 0 ? 1 : 0;
        }
        return active;
    }

    private void slopes(ShardBatch batch, int at, ChunkCodes main, int own) {
        int width = weights.shape().output();
        for (int p = prefixes.length - 1; p >= 0; p--) {
            float[] slope = batch.slopes_PBO()[p];
            RowKernels.scale(slope, at, (float) (loss.slope() * prefixWeights[p]), width);
            if (p + 1 < prefixes.length) {
                RowKernels.addScaled(slope, at, 1, batch.slopes_PBO()[p + 1], at, width);
            }
        }
        int from = main.start(own);
        for (int p = 0; p < prefixes.length; p++) {
            int to = p + 1 == prefixes.length
                    ? main.start(own + 1)
                    : endOf(main, from, main.start(own + 1), prefixes[p]);
            weights.w_dec().dots(batch.slopes_PBO()[p], at, main.features(), from, to, main.slopes(), lanes);
            from = to;
        }
    }

    private void second(ShardBatch batch, int row, ChunkCodes codes, int own, ChunkSums sums) {
        int width = weights.shape().output();
        int at = row * width;
        float[] error = batch.secondSlope_BO();
        batch.emptyError(row, loss.inputScale(), weights.b_dec(), error);
        int from = codes.start(own);
        int to = codes.start(own + 1);
        weights.w_dec().gather(error, at, codes.features(), codes.values(), from, to);
        double weight = architecture.secondWeight();
        sums.second += weight * RowKernels.dot(error, at, error, at, width, lanes) * loss.perSquare();
        RowKernels.scale(error, at, (float) (loss.slope() * weight), width);
        weights.w_dec().dots(error, at, codes.features(), from, to, codes.slopes(), lanes);
        if (architecture.secondMovesDecoder()) {
            RowKernels.addScaled(sums.biasSlope_O, 0, 1, error, at, width);
        }
    }

    /** The error of the reconstruction of prefix {@code p} of a row, from the slopes that {@link #run} left. */
    void error(ShardBatch batch, int row, int p, float[] target) {
        int width = weights.shape().output();
        int at = row * width;
        float back = (float) (1 / (loss.slope() * prefixWeights[p]));
        boolean last = p + 1 == prefixes.length;
        for (int c = 0; c < width; c++) {
            float own = batch.slopes_PBO()[p][at + c] - (last ? 0 : batch.slopes_PBO()[p + 1][at + c]);
            target[at + c] = own * back;
        }
    }

    int lastPrefix() {
        return prefixes.length - 1;
    }

    @Override
    public void close() {
        chunk.close();
    }
}
