package org.demur.sae.train;

import java.util.SplittableRandom;
import org.demur.sae.MatrixProduct;
import org.demur.sae.RowKernels;

/**
 * The weights of a dictionary in training, in the scaled space (inputs of mean norm sqrt(d)), with the encoder mirrored into
 * products.
 *
 * <p>Legend: {@code F} features, {@code I} width of the input, {@code O} width of the output.
 */
public final class TrainingWeights implements AutoCloseable {
    private final SaeShape shape;
    private final RowMatrix w_enc_FI;
    private final RowMatrix w_dec_FO;
    private final float[][] scalars_SF;
    private final float[] b_dec_O;
    private final EncoderProducts encoder;
    private final MatrixProduct.Factory products;

    /** Zero weights of a shape. */
    public TrainingWeights(SaeShape shape, MatrixProduct.Factory products) {
        this(shape, products, RowMatrix.SLICE_ELEMENTS);
    }

    /** Zero weights in slices of at most {@code sliceElements} elements. */
    TrainingWeights(SaeShape shape, MatrixProduct.Factory products, int sliceElements) {
        this.shape = shape;
        this.products = products;
        this.w_enc_FI = new RowMatrix(shape.features(), shape.input(), sliceElements);
        this.w_dec_FO = new RowMatrix(shape.features(), shape.output(), sliceElements);
        this.scalars_SF = new float[shape.scalars()][shape.features()];
        this.b_dec_O = new float[shape.output()];
        this.encoder = new EncoderProducts(w_enc_FI, scalars_SF[0], products);
    }

    /**
     * Tied start: decoder rows uniform on a cube and scaled to norm 1, encoder rows equal to them, scalars 0, decoder
     * bias {@code centre_O} (the median of the scaled outputs), as in Gao et al. 2024, appendix A.1. Where input and output have
     * other widths, the decoder starts at 0. Each row depends on the seed and its own number only.
     */
    public void initialise(long seed, float[] centre_O) {
        float[] lanes = new float[RowKernels.LANES];
        int width = shape.input();
        boolean tied = shape.input() == shape.output();
        for (int j = 0; j < shape.features(); j++) {
            SplittableRandom random = new SplittableRandom(seed + 0x9E3779B97F4A7C15L * (j + 1));
            float[] row = w_enc_FI.array(j);
            int at = w_enc_FI.at(j);
            for (int c = 0; c < width; c++) {
                row[at + c] = (float) (2 * random.nextDouble() - 1);
            }
            RowKernels.normalise(row, at, width, lanes);
            if (tied) {
                System.arraycopy(row, at, w_dec_FO.array(j), w_dec_FO.at(j), width);
            }
        }
        System.arraycopy(centre_O, 0, b_dec_O, 0, b_dec_O.length);
        mirror(0, shape.features());
    }

    /** Copies encoder rows {@code from..to-1} to the products. */
    public void mirror(int from, int to) {
        for (int j = from; j < to; j++) {
            encoder.put(j);
        }
    }

    /** Norms of the decoder rows, [F]: Euclidean, or the sum of those of every model's part. */
    float[] decoderNorms() {
        float[] norms = new float[shape.features()];
        float[] lanes = new float[RowKernels.LANES];
        int part = shape.output() / shape.models();
        for (int j = 0; j < norms.length; j++) {
            float[] row = w_dec_FO.array(j);
            for (int model = 0; model < shape.models(); model++) {
                int at = w_dec_FO.at(j) + model * part;
                norms[j] += (float) Math.sqrt(RowKernels.dot(row, at, row, at, part, lanes));
            }
        }
        return norms;
    }

    /** Sizes. */
    public SaeShape shape() {
        return shape;
    }

    /** Number of features F. */
    public int features() {
        return shape.features();
    }

    /** Encoder rows [F, I]. */
    public RowMatrix w_enc() {
        return w_enc_FI;
    }

    /** Decoder rows [F, O]. */
    public RowMatrix w_dec() {
        return w_dec_FO;
    }

    /** A scalar of every feature [F], in the order of {@link Architecture#scalars}. */
    public float[] scalar(int scalar) {
        return scalars_SF[scalar];
    }

    /** What is added to the encoder's product, [F]. */
    public float[] b_enc_F() {
        return scalars_SF[0];
    }

    /** Decoder bias [O]. */
    public float[] b_dec() {
        return b_dec_O;
    }

    /** The products with the mirrored encoder. */
    public EncoderProducts encoder() {
        return encoder;
    }

    /** What makes products of other matrices. */
    MatrixProduct.Factory products() {
        return products;
    }

    @Override
    public void close() {
        encoder.close();
    }
}
