package org.demur.sae.train;

import java.io.Serializable;
import java.util.List;

/**
 * JumpReLU (Rajamanoharan et al. 2024b): {@code f = h 1[h > theta]} with a threshold for every feature, trained through a
 * rectangular kernel of width {@code bandwidth} around it (eq. 11-12). Thresholds are trained directly, not as logarithms, which
 * hardly move, and never fall below 0.
 *
 * @param bandwidth of the kernel, in units of pre-activations
 * @param sparsity what is asked of the number of active latents
 * @param toInput whether the kernel's gradient also reaches the pre-activation, as it does at Anthropic (January 2025)
 * @param preActivation weight of {@code mean_t sum_{dead j} ReLU(theta_j - h_j) |d_j|}, which brings dead latents back; 0 for none
 */
public record JumpRelu(double bandwidth, Sparsity sparsity, boolean toInput, double preActivation)
        implements Architecture {
    private static final int THRESHOLD = 0;
    private static final int NORM = 1;
    private static final int SUMS_BEFORE_EXTRAS = 3;

    /** What is asked of the number of active latents. */
    public sealed interface Sparsity extends Serializable permits Step, Tanh, RowTarget, MeanTarget {
        /** Coefficient of the term. */
        double weight();

        /** Wanted number of active latents; 0 if the term names none. */
        default double target() {
            return 0;
        }

        /** Derivative of the term, before its weight, with respect to the number of active latents of a row. */
        default double perLatent(Count count) {
            return 0;
        }

        /** A row's share of the term, before its weight. */
        default double ofRow(Count count) {
            return 0;
        }
    }

    /**
     * How many latents are active.
     *
     * @param active in the row
     * @param mean mean over the shard, if the architecture settles
     * @param perRow one over the rows of the minibatch
     * @param perShardRow one over (rows of the shard times shards)
     */
    record Count(int active, double mean, double perRow, double perShardRow) {}

    /** {@code weight * mean_t L0_t} (Rajamanoharan et al. 2024b, eq. 9). */
    public record Step(double weight) implements Sparsity {
        @Override
        public double perLatent(Count count) {
            return count.perRow;
        }

        @Override
        public double ofRow(Count count) {
            return count.perRow * count.active;
        }
    }

    /** {@code weight * mean_t sum_j tanh(scale f_j |d_j|)} (Anthropic, January 2025). */
    public record Tanh(double weight, double scale) implements Sparsity {}

    /** {@code weight * mean_t 2/target (L0_t - target)^2}, a target for every row (Gemma Scope 2, SAELens "quadratic"). */
    public record RowTarget(double weight, double target) implements Sparsity {
        @Override
        public double perLatent(Count count) {
            return count.perRow * 4 / target * (count.active - target);
        }

        @Override
        public double ofRow(Count count) {
            return count.perRow * 2 / target * Math.pow(count.active - target, 2);
        }
    }

    /**
     * {@code weight * (mean_t L0_t / target - 1)^2}, the mean being that of the shard.
     *
     * @param weight of the term
     * @param target mean number of active latents
     * @param kernel where the kernel applies
     */
    public record MeanTarget(double weight, double target, Kernel kernel) implements Sparsity {
        @Override
        public double perLatent(Count count) {
            return count.perShardRow * 2 * (count.mean / target - 1) / target;
        }
    }

    /** The variable whose distance from the threshold decides on the gradient of a {@link MeanTarget}. */
    public enum Kernel {
        /** The pre-activation. */
        PRE_ACTIVATION,
        /** The value after the jump, as in dictionary_learning: what lies just below a high threshold does not count. */
        VALUE
    }

    @Override
    public String label() {
        return "jumprelu";
    }

    /** Mean number of active latents to start with: what is wanted in the end, or an eighth of all where no loss says so. */
    double startingL0(int features) {
        return sparsity.target() > 0 ? sparsity.target() : features / 8.0;
    }

    @Override
    public List<String> scalars() {
        return List.of("b_enc", "threshold");
    }

    @Override
    public float least(int scalar) {
        return scalar == 1 ? 0 : Float.NEGATIVE_INFINITY;
    }

    @Override
    public int extras() {
        return 2;
    }

    @Override
    public boolean usesNorms() {
        return sparsity instanceof Tanh || preActivation > 0;
    }

    @Override
    public boolean settles() {
        return sparsity instanceof MeanTarget;
    }

    @Override
    public boolean settle(ShardSelection selection) {
        selection.measureL0();
        return true;
    }

    @Override
    public double shardLoss(ShardSelection selection, double force) {
        return sparsity instanceof MeanTarget mean
                ? force * mean.weight() * Math.pow(selection.meanL0() / mean.target() - 1, 2)
                : 0;
    }

    @Override
    public void scalarGradients(float[] sums, float[] gradient, int at) {
        gradient[at] = sums[0] + sums[1] + sums[2];
        gradient[at + 1] = sums[SUMS_BEFORE_EXTRAS + THRESHOLD];
    }

    @Override
    public int normExtra() {
        return usesNorms() ? NORM : -1;
    }

    @Override
    public Coder coder(CoderScope scope) {
        return new JumpCoder(this, scope);
    }

    private static final class JumpCoder implements Coder {
        private final JumpRelu kind;
        private final TrainingWeights weights;
        private final double perRow;
        private final int shards;
        private final float[] row_F;
        private final float[] bounds_F;
        private final int[] found;

        JumpCoder(JumpRelu kind, CoderScope scope) {
            this.kind = kind;
            this.weights = scope.weights();
            this.perRow = scope.loss().perSquare();
            this.shards = scope.loss().shards();
            this.row_F = new float[scope.features()];
            this.bounds_F = new float[scope.features()];
            this.found = new int[scope.features()];
        }

        @Override
        public float[] row() {
            return row_F;
        }

        @Override
        public void begin(StepFacts step) {
            float half = (float) (kind.bandwidth() / 2);
            boolean onValues = kind.sparsity() instanceof MeanTarget mean && mean.kernel() == Kernel.VALUE;
            float[] thresholds = weights.scalar(1);
            for (int j = 0; j < bounds_F.length; j++) {
                boolean all = onValues && thresholds[j] < half;
                boolean raised = kind.preActivation() > 0 && step.isDead().length > 0 && step.isDead()[j];
                bounds_F[j] = all || raised ? Float.NEGATIVE_INFINITY : thresholds[j] - half;
            }
        }

        /** An entry keeps its pre-activation in the first extra until {@link #differentiate}. */
        @Override
        public void code(CodeSets codes, StepFacts step) {
            int count = PreActivations.above(row_F, bounds_F, 0, row_F.length, found);
            ChunkCodes main = codes.main();
            main.reserve(count);
            float[] thresholds = weights.scalar(1);
            for (int i = 0; i < count; i++) {
                int j = found[i];
                main.extras()[THRESHOLD][main.count()] = row_F[j];
                main.add(j, row_F[j] > thresholds[j] ? row_F[j] : row_F[j] <= thresholds[j] ? 0 : Float.NaN);
            }
        }

        @Override
        public double differentiate(CodeSets codes, int row, StepFacts step, ShardSelection shard) {
            ChunkCodes main = codes.main();
            int active = 0;
            for (int i = main.start(row); i < main.start(row + 1); i++) {
                active += main.values()[i] > 0 ? 1 : 0;
            }
            Count count = new Count(active, mean(shard), perRow, perShardRow(shard));
            double force = step.sparsity() * kind.sparsity().weight();
            float perLatent = (float) (force * kind.sparsity().perLatent(count));
            double loss = force * kind.sparsity().ofRow(count);
            for (int i = main.start(row); i < main.start(row + 1); i++) {
                loss += differentiate(main, i, step, perLatent);
            }
            return loss;
        }

        private double mean(ShardSelection shard) {
            return kind.settles() ? shard.meanL0() : 0;
        }

        private double perShardRow(ShardSelection shard) {
            return kind.settles() ? 1.0 / shard.rows() / shards : 0;
        }

        private double differentiate(ChunkCodes main, int i, StepFacts step, float perLatent) {
            int j = main.features()[i];
            float f = main.values()[i];
            float pre = main.extras()[THRESHOLD][i];
            float threshold = weights.scalar(1)[j];
            float norm = step.norm(j);
            float toValue = main.slopes()[i];
            float toNorm = 0;
            double loss = 0;
            if (kind.sparsity() instanceof Tanh term) {
                double t = StrictMath.tanh(term.scale() * f * norm);
                double weight = step.sparsity() * term.weight() * perRow;
                double slope = weight * (1 - t * t) * term.scale();
                toValue += (float) (slope * norm);
                toNorm = (float) (slope * f);
                loss += weight * t;
            }
            float kernel = inKernel(pre - threshold);
            float jump = threshold * kernel * toValue;
            float ofCount = stepKernel(f, pre, threshold) * perLatent;
            float toInput = kind.toInput() ? jump + ofCount : 0;
            float slope = (f > 0 ? toValue : 0) + toInput;
            float toThreshold = -jump - ofCount;
            if (kind.preActivation() > 0 && step.isDead().length > 0 && step.isDead()[j] && pre < threshold) {
                float weight = (float) (kind.preActivation() * perRow);
                slope -= weight * norm;
                toThreshold += weight * norm;
                toNorm += weight * (threshold - pre);
                loss += (double) weight * norm * (threshold - pre);
            }
            main.slopes()[i] = slope;
            main.extras()[THRESHOLD][i] = toThreshold;
            main.extras()[NORM][i] = toNorm;
            return loss;
        }

        private float inKernel(float distance) {
            return Math.abs(distance) < kind.bandwidth() / 2 ? (float) (1 / kind.bandwidth()) : 0;
        }

        private float stepKernel(float f, float pre, float threshold) {
            boolean onValues = kind.sparsity() instanceof MeanTarget mean && mean.kernel() == Kernel.VALUE;
            return inKernel((onValues ? f : pre) - threshold);
        }
    }
}
