package org.demur.sae.train;

import java.util.Arrays;
import java.util.List;
import org.demur.sae.MatrixProduct;
import org.demur.sae.RowKernels;
import org.demur.sae.WorkCrew;

/**
 * The step of {@link MuonOptimiser} on encoder and decoder, whose running means M every worker holds for its own features: Gram
 * matrices M^T M are added over all blocks of features, every worker finds the same {@link PolarFactor} P, and moves its rows by those of
 * M P. Steps are scaled so that an element moves by the learning rate on average.
 *
 * <p>A block's part of a Gram matrix is rounded to a multiple of a power of two so coarse that sums over all blocks are exact
 * in double precision; so neither threads nor workers can be told from the result.
 *
 * <p>Legend: {@code D} width of a row.
 */
final class OrthogonalPass implements AutoCloseable {
    /** Bits that a sum of Gram matrices has above its grid; three fewer than a double holds. */
    private static final int GRID_BITS = 50;

    private final TrainingWeights weights;
    private final Objective objective;
    private final OptimiserState state;
    private final Collective workers;
    private final WorkCrew crew;
    private final FeatureBlocks blocks;
    private final Side encoder;
    private final Side decoder;

    OrthogonalPass(TrainingStep.Model model, Collective workers, WorkCrew crew) {
        this.weights = model.weights();
        this.objective = model.objective();
        this.state = model.state();
        this.workers = workers;
        this.crew = crew;
        this.blocks = FeatureBlocks.of(weights.features());
        this.encoder = new Side(weights.w_enc(), 0);
        this.decoder = new Side(weights.w_dec(), weights.shape().input());
    }

    /** Moves the rows of this worker's features; the others' come with the exchange of rows. */
    void run(RowOptimiser.Step step) {
        encoder.run(step);
        decoder.run(step);
    }

    private double[] sum(double[] mine) {
        List<SumPacket> packets = workers.allGather(new SumPacket(mine), (rank, source) -> SumPacket.read(source));
        double[] sum = new double[mine.length];
        for (SumPacket packet : packets) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += packet.values()[i];
            }
        }
        return sum;
    }

    @Override
    public void close() {
        encoder.close();
        decoder.close();
    }

    /** One of the two matrices. */
    private final class Side implements AutoCloseable {
        private final RowMatrix w;
        private final int stateAt;
        private final int width;
        private final int mostRows;
        private final PolarFactor factor;
        private final MatrixProduct[] grams;
        private final MatrixProduct.Chunk[] chunks;

        Side(RowMatrix w, int stateAt) {
            this.w = w;
            this.stateAt = stateAt;
            this.width = w.width();
            this.mostRows = (weights.features() + blocks.count() - 1) / blocks.count();
            this.factor = new PolarFactor(width, weights.products(), crew);
            this.grams = new MatrixProduct[crew.threads()];
            this.chunks = new MatrixProduct.Chunk[crew.threads()];
            Arrays.setAll(grams, slot -> weights.products().open(width, mostRows));
            Arrays.setAll(chunks, slot -> grams[slot].chunk(width));
        }

        void run(RowOptimiser.Step step) {
            double trace = trace();
            double[] gram = sum(gram(trace));
            factor.load(factor.of(gram, trace));
            float scale = (float) (-step.learningRate() * Math.sqrt(weights.features()));
            crew.run(state.blockCount(), (part, slot) -> move(state.firstBlock() + part, scale, slot));
        }

        private int rows(int block) {
            return blocks.start(block + 1) - blocks.start(block);
        }

        /** The sum of all squares, block after block. */
        private double trace() {
            double[] squares = new double[blocks.count()];
            crew.run(state.blockCount(), (part, slot) -> {
                int block = state.firstBlock() + part;
                for (int j = blocks.start(block); j < blocks.start(block + 1); j++) {
                    float[] mean = state.arrays(j)[0];
                    int at = state.at(j) + stateAt;
                    for (int c = 0; c < width; c++) {
                        squares[block] += (double) mean[at + c] * mean[at + c];
                    }
                }
            });
            return Arrays.stream(sum(squares)).reduce(0, Double::sum);
        }

        private double[] gram(double trace) {
            double[][] perSlot = new double[crew.threads()][width * width];
            double grid = Math.scalb(1.0, Math.getExponent(trace) + 1 - GRID_BITS);
            crew.run(state.blockCount(), (part, slot) -> {
                float[] result = product(state.firstBlock() + part, slot);
                for (int i = 0; i < result.length; i++) {
                    perSlot[slot][i] += Math.rint(result[i] / grid) * grid;
                }
            });
            for (int slot = 1; slot < perSlot.length; slot++) {
                for (int i = 0; i < perSlot[0].length; i++) {
                    perSlot[0][i] += perSlot[slot][i];
                }
            }
            return perSlot[0];
        }

        private float[] product(int block, int slot) {
            float[] columns = new float[width * mostRows];
            for (int r = 0; r < rows(block); r++) {
                int j = blocks.start(block) + r;
                float[] mean = state.arrays(j)[0];
                int at = state.at(j) + stateAt;
                for (int c = 0; c < width; c++) {
                    columns[c * mostRows + r] = mean[at + c];
                }
            }
            for (int c = 0; c < width; c++) {
                grams[slot].put(c, columns, c * mostRows);
            }
            chunks[slot].x_RD().put(0, columns, 0, columns.length);
            float[] result = new float[width * width];
            chunks[slot].multiply(width).get(0, result, 0, result.length);
            return result;
        }

        private void move(int block, float scale, int slot) {
            int rows = rows(block);
            float[] means = new float[rows * width];
            float[] steps = new float[rows * width];
            float[] lanes = new float[RowKernels.LANES];
            for (int r = 0; r < rows; r++) {
                int j = blocks.start(block) + r;
                System.arraycopy(state.arrays(j)[0], state.at(j) + stateAt, means, r * width, width);
            }
            factor.multiplyRows(means, rows, steps, slot);
            for (int r = 0; r < rows; r++) {
                int j = blocks.start(block) + r;
                RowKernels.addScaled(w.array(j), w.at(j), scale, steps, r * width, width);
                if (w == weights.w_enc()) {
                    weights.encoder().put(j);
                } else if (objective.decoderNorm() == Objective.DecoderNorm.ONE) {
                    RowKernels.normalise(w.array(j), w.at(j), width, lanes);
                }
            }
        }

        @Override
        public void close() {
            factor.close();
            for (int slot = 0; slot < grams.length; slot++) {
                chunks[slot].close();
                grams[slot].close();
            }
        }
    }
}
