package org.demur.evaluation;

import java.io.Serializable;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.StreamSupport;
import org.demur.sae.MatrixProduct;
import org.demur.sae.Sae;

/**
 * How the directions of some features of a dictionary lie: what a dictionary says without a single row.
 *
 * <p>Legend: {@code M} features of the block, {@code F} all features.
 *
 * @param first number of the block's first feature
 * @param decoderNorm_M length of the decoder row
 * @param encoderNorm_M length of the encoder row
 * @param ownCosine_M cosine of encoder and decoder row of the feature
 * @param nearestCosine_M largest cosine of the decoder row with that of another feature
 * @param nearest_M that feature
 */
record DecoderBlock(
        int first,
        float[] decoderNorm_M,
        float[] encoderNorm_M,
        float[] ownCosine_M,
        float[] nearestCosine_M,
        int[] nearest_M)
        implements Serializable {
    private static final int CHUNK_ROWS = 64;

    /**
     * The features {@code first <= j < end} against all; memory is that of one more decoder and {@value CHUNK_ROWS} rows of
     * F cosines. Rows of length 0 have cosine 0 with everything.
     */
    static DecoderBlock of(Sae sae, int first, int end, MatrixProduct.Factory products) {
        int size = end - first;
        DecoderBlock block = new DecoderBlock(
                first, new float[size], new float[size], new float[size], new float[size], new int[size]);
        int d = sae.d();
        float[] unit_FD = new float[sae.F() * d];
        try (MatrixProduct product = products.open(sae.F(), d);
                MatrixProduct.Chunk chunk = product.chunk(CHUNK_ROWS)) {
            for (int j = 0; j < sae.F(); j++) {
                double norm = norm(sae.w_dec_FD(), j * d, d);
                for (int c = 0; c < d; c++) {
                    unit_FD[j * d + c] = norm > 0 ? (float) (sae.w_dec_FD()[j * d + c] / norm) : 0;
                }
                product.put(j, unit_FD, j * d);
            }
            for (int from = first; from < end; from += CHUNK_ROWS) {
                int rows = Math.min(CHUNK_ROWS, end - from);
                chunk.x_RD().put(0, unit_FD, from * d, rows * d);
                block.nearest(chunk.multiply(rows), from, rows, sae.F());
            }
        }
        block.measure(sae, unit_FD);
        return block;
    }

    /** The blocks of all features as one. */
    static DecoderBlock join(Iterable<DecoderBlock> blocks) {
        List<DecoderBlock> sorted = StreamSupport.stream(blocks.spliterator(), false)
                .sorted(Comparator.comparingInt(DecoderBlock::first))
                .toList();
        int size = sorted.stream().mapToInt(DecoderBlock::size).sum();
        DecoderBlock all =
                new DecoderBlock(0, new float[size], new float[size], new float[size], new float[size], new int[size]);
        for (DecoderBlock block : sorted) {
            System.arraycopy(block.decoderNorm_M, 0, all.decoderNorm_M, block.first, block.size());
            System.arraycopy(block.encoderNorm_M, 0, all.encoderNorm_M, block.first, block.size());
            System.arraycopy(block.ownCosine_M, 0, all.ownCosine_M, block.first, block.size());
            System.arraycopy(block.nearestCosine_M, 0, all.nearestCosine_M, block.first, block.size());
            System.arraycopy(block.nearest_M, 0, all.nearest_M, block.first, block.size());
        }
        return all;
    }

    int size() {
        return nearest_M.length;
    }

    private void nearest(FloatBuffer cosines_RF, int from, int rows, int features) {
        for (int row = 0; row < rows; row++) {
            float best = Float.NEGATIVE_INFINITY;
            int nearest = -1;
            for (int j = 0; j < features; j++) {
                float cosine = cosines_RF.get(row * features + j);
                if (cosine > best && j != from + row) {
                    best = cosine;
                    nearest = j;
                }
            }
            nearestCosine_M[from + row - first] = nearest < 0 ? 0 : Math.max(-1, Math.min(1, best));
            nearest_M[from + row - first] = nearest;
        }
    }

    private void measure(Sae sae, float[] unit_FD) {
        int d = sae.d();
        for (int m = 0; m < size(); m++) {
            int at = (first + m) * d;
            double product = 0;
            for (int c = 0; c < d; c++) {
                product += (double) sae.w_enc_FD()[at + c] * unit_FD[at + c];
            }
            double encoderNorm = norm(sae.w_enc_FD(), at, d);
            decoderNorm_M[m] = (float) norm(sae.w_dec_FD(), at, d);
            encoderNorm_M[m] = (float) encoderNorm;
            ownCosine_M[m] = encoderNorm > 0 ? (float) (product / encoderNorm) : 0;
        }
    }

    private static double norm(float[] rows_FD, int from, int d) {
        double square = 0;
        for (int i = from; i < from + d; i++) {
            square += (double) rows_FD[i] * rows_FD[i];
        }
        return Math.sqrt(square);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DecoderBlock block
                && first == block.first
                && Arrays.equals(decoderNorm_M, block.decoderNorm_M)
                && Arrays.equals(encoderNorm_M, block.encoderNorm_M)
                && Arrays.equals(ownCosine_M, block.ownCosine_M)
                && Arrays.equals(nearestCosine_M, block.nearestCosine_M)
                && Arrays.equals(nearest_M, block.nearest_M);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(nearestCosine_M) + first;
    }

    @Override
    public String toString() {
        return "DecoderBlock[first=" + first + ", size=" + size() + "]";
    }
}
