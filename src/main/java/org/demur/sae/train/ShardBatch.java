package org.demur.sae.train;

import java.util.List;
import java.util.stream.IntStream;
import org.demur.sae.RowKernels;

/**
 * The tokens of one shard in one step and what the token-major pass leaves for the feature-major pass.
 *
 * <p>Legend: {@code B} rows of this shard in the step, {@code I} and {@code O} width of input and output, {@code P} nested
 * reconstructions.
 */
public final class ShardBatch {
    private final int rows;
    private final Layout layout;
    private final short[] bits_BI;
    private final short[] targetBits_BO;
    private final float[] exact_BI;
    private final float[] exactTarget_BO;
    private final float[] x_BI;
    private final float[][] slopes_PBO;
    private final float[] secondSlope_BO;
    private final float[] biasSlope_O;
    private final List<CodeSets> chunks;
    private float[][] auxiliarySlopes_PBO = new float[0][];
    private ShardLoss loss = ShardLoss.none();

    /** An empty batch of {@code rows} rows. */
    public ShardBatch(int rows, Layout layout) {
        SaeShape shape = layout.shape();
        Architecture architecture = layout.objective().architecture();
        int elements = Math.multiplyExact(rows, shape.output());
        this.rows = rows;
        this.layout = layout;
        boolean exact = layout.stored() == Stored.FP32;
        this.exact_BI = new float[exact ? Math.multiplyExact(rows, shape.input()) : 0];
        this.bits_BI = new short[exact ? 0 : Math.multiplyExact(rows, shape.input())];
        boolean other = layout.target() == Target.OTHER_VECTOR;
        this.targetBits_BO = new short[other && !exact ? elements : 0];
        this.exactTarget_BO = new float[other && exact ? elements : 0];
        this.x_BI = new float[Math.multiplyExact(rows, shape.input())];
        this.slopes_PBO = new float[architecture.prefixes(shape.features()).length][elements];
        this.secondSlope_BO = new float[architecture.hasSecond() ? elements : 0];
        this.biasSlope_O = new float[shape.output()];
        this.chunks = IntStream.range(0, (rows + layout.chunkRows() - 1) / layout.chunkRows())
                .mapToObj(chunk -> CodeSets.of(architecture))
                .toList();
    }

    /** How the rows of a batch are held until they are centred. */
    public enum Stored {
        /** As bfloat16 bits. */
        BF16,
        /** In single precision. */
        FP32
    }

    /** What is reconstructed. */
    public enum Target {
        /** The input. */
        INPUT,
        /** Another vector, which a transcoder predicts. */
        OTHER_VECTOR
    }

    /**
     * How batches of a run are laid out.
     *
     * @param shape sizes of the dictionary
     * @param objective what is trained
     * @param chunkRows rows of a chunk
     * @param stored how rows are held
     * @param target what is reconstructed
     */
    public record Layout(SaeShape shape, Objective objective, int chunkRows, Stored stored, Target target) {
        /** The layout for a dictionary that reconstructs inputs held as bfloat16. */
        public static Layout of(TrainingWeights weights, Objective objective) {
            return new Layout(weights.shape(), objective, weights.encoder().chunkRows(), Stored.BF16, Target.INPUT);
        }

        /** The same with rows held otherwise. */
        public Layout holding(Stored other) {
            return new Layout(shape, objective, chunkRows, other, target);
        }

        /** The same for another target. */
        public Layout reconstructing(Target other) {
            return new Layout(shape, objective, chunkRows, stored, other);
        }
    }

    /** Computes {@code x = scale * stored - b_in} for rows {@code from..to-1}, where b_in is the decoder bias or nothing. */
    void centre(int from, int to, float scale, float[] b_dec) {
        int width = layout.shape().input();
        boolean subtract = layout.objective().inputBias() == Objective.InputBias.DECODER;
        float[] bias_I = subtract ? b_dec : new float[width];
        for (int r = from; r < to; r++) {
            int at = r * width;
            if (exact_BI.length == 0) {
                RowKernels.centre(bits_BI, scale, bias_I, x_BI, at);
            } else {
                for (int c = 0; c < width; c++) {
                    x_BI[at + c] = Math.fma(exact_BI[at + c], scale, -bias_I[c]);
                }
            }
        }
    }

    /** Writes {@code b_dec - y} of a row, the error of a reconstruction without any latent, to {@code target}. */
    void emptyError(int row, float scale, float[] b_dec, float[] target) {
        int width = layout.shape().output();
        int at = row * width;
        if (targetBits_BO.length > 0) {
            for (int c = 0; c < width; c++) {
                target[at + c] = Math.fma(-Float.intBitsToFloat(targetBits_BO[at + c] << 16), scale, b_dec[c]);
            }
        } else if (exactTarget_BO.length > 0) {
            for (int c = 0; c < width; c++) {
                target[at + c] = Math.fma(-exactTarget_BO[at + c], scale, b_dec[c]);
            }
        } else if (layout.objective().inputBias() == Objective.InputBias.DECODER) {
            for (int c = 0; c < width; c++) {
                target[at + c] = -x_BI[at + c];
            }
        } else {
            for (int c = 0; c < width; c++) {
                target[at + c] = b_dec[c] - x_BI[at + c];
            }
        }
    }

    /** Makes room for the slopes of {@code prefixes} auxiliary reconstructions; 0 for none. */
    void reserveAuxiliary(int prefixes) {
        if (auxiliarySlopes_PBO.length != prefixes) {
            auxiliarySlopes_PBO = new float[prefixes][rows * layout.shape().output()];
        }
    }

    void record(ShardLoss found) {
        loss = found;
    }

    /** Whether the stored activations hold neither NaN nor an infinity. */
    public boolean holdsFiniteRows() {
        for (short bits : bits_BI) {
            if (!Float.isFinite(Float.intBitsToFloat(bits << 16))) {
                return false;
            }
        }
        for (float value : exact_BI) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** Rows B. */
    public int rows() {
        return rows;
    }

    /** How the batch is laid out. */
    Layout layout() {
        return layout;
    }

    /** Stored activations [B, I] in single precision, to be filled before a step; empty unless held so. */
    public float[] exact_BI() {
        return exact_BI;
    }

    /** Width of a stored row. */
    public int width() {
        return layout.shape().input();
    }

    /** Stored activations [B, I], bfloat16 bits, to be filled before a step; empty unless held so. */
    public short[] bits_BI() {
        return bits_BI;
    }

    /** Stored outputs [B, O] of a transcoder, bfloat16 bits; to be filled before a step. */
    public short[] targetBits_BO() {
        return targetBits_BO;
    }

    /** Stored outputs [B, O] of a transcoder in single precision; to be filled before a step, empty unless held so. */
    public float[] exactTarget_BO() {
        return exactTarget_BO;
    }

    /** Width of a stored output row. */
    public int outputWidth() {
        return layout.shape().output();
    }

    /** Scaled inputs less their bias [B, I]. */
    float[] x_BI() {
        return x_BI;
    }

    /** Gradients of the loss with respect to what the latents of each prefix add to the reconstructions [P][B, O]. */
    float[][] slopes_PBO() {
        return slopes_PBO;
    }

    /** Gradient with respect to the second reconstruction [B, O]. */
    float[] secondSlope_BO() {
        return secondSlope_BO;
    }

    /** Gradients with respect to the auxiliary reconstructions. */
    float[][] auxiliarySlopes_PBO() {
        return auxiliarySlopes_PBO;
    }

    /** Sum over rows of the gradient with respect to the decoder's bias in its role as output [O]. */
    float[] biasSlope_O() {
        return biasSlope_O;
    }

    /** Entries, chunk by chunk. */
    List<CodeSets> chunks() {
        return chunks;
    }

    /** What the step found on this shard. */
    public ShardLoss loss() {
        return loss;
    }
}
