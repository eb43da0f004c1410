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
 * <p>Legend: {@code M} features of the block, {@code F} all features, {@code R} features of a chunk, {@code D} width.
 *
 * @param first number of the block's first feature
 * @param decoderNorm_M length of the decoder row
 * @param encoderNorm_M length of the encoder row
 * @param ownCosine_M cosine of encoder and decoder row of the feature
 * @param nearestCosine_M largest cosine of the decoder row with that of another feature
 * @param nearest_M that feature; -1 where there is no other
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
    private static final int NONE = -1;

    /**
     * The features {@code first <= j < end} against all, which pass by in chunks: memory is that of the block. Rows of length 0
     * have cosine 0 with everything.
     */
    static DecoderBlock of(Sae sae, int first, int end, MatrixProduct.Factory products) {
        DecoderBlock block = empty(first, end - first);
        int d = sae.d();
        if (block.size() == 0) {
            return block;
        }
        float[] unit_RD = new float[CHUNK_ROWS * d];
        try (MatrixProduct product = products.open(block.size(), d);
                MatrixProduct.Chunk chunk = product.chunk(CHUNK_ROWS)) {
            for (int m = 0; m < block.size(); m++) {
                unit(sae.w_dec_FD(), (first + m) * d, unit_RD, 0, d);
                product.put(m, unit_RD, 0);
                block.measure(sae, m, unit_RD);
            }
            for (int from = 0; from < sae.F(); from += CHUNK_ROWS) {
                int rows = Math.min(CHUNK_ROWS, sae.F() - from);
                for (int row = 0; row < rows; row++) {
                    unit(sae.w_dec_FD(), (from + row) * d, unit_RD, row * d, d);
                }
                chunk.x_RD().put(0, unit_RD, 0, rows * d);
                block.compare(chunk.multiply(rows), from, rows);
            }
        }
        return block;
    }

    private static DecoderBlock empty(int first, int size) {
        float[] nearestCosine_M = new float[size];
        int[] nearest_M = new int[size];
        Arrays.fill(nearest_M, NONE);
        return new DecoderBlock(first, new float[size], new float[size], new float[size], nearestCosine_M, nearest_M);
    }

    /** The blocks of all features as one. */
    static DecoderBlock join(Iterable<DecoderBlock> blocks) {
        List<DecoderBlock> sorted = StreamSupport.stream(blocks.spliterator(), false)
                .sorted(Comparator.comparingInt(DecoderBlock::first))
                .toList();
        int size = sorted.stream().mapToInt(DecoderBlock::size).sum();
        DecoderBlock all = empty(0, size);
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

    /** Takes note of the nearest among the features {@code from <= j < from + rows}. */
    private void compare(FloatBuffer cosines_RM, int from, int rows) {
        for (int row = 0; row < rows; row++) {
            for (int m = 0; m < size(); m++) {
                float cosine = Math.max(-1, Math.min(1, cosines_RM.get(row * size() + m)));
                boolean isOther = from + row != first + m;
                if (isOther && (nearest_M[m] == NONE || cosine > nearestCosine_M[m])) {
                    nearestCosine_M[m] = cosine;
                    nearest_M[m] = from + row;
                }
            }
        }
    }

    private void measure(Sae sae, int m, float[] unit_D) {
        int d = sae.d();
        int at = (first + m) * d;
        double product = 0;
        for (int c = 0; c < d; c++) {
            product += (double) sae.w_enc_FD()[at + c] * unit_D[c];
        }
        double encoderNorm = norm(sae.w_enc_FD(), at, d);
        decoderNorm_M[m] = (float) norm(sae.w_dec_FD(), at, d);
        encoderNorm_M[m] = (float) encoderNorm;
        ownCosine_M[m] = encoderNorm > 0 ? (float) (product / encoderNorm) : 0;
    }

    private static void unit(float[] rows_FD, int from, float[] target, int at, int d) {
        double norm = norm(rows_FD, from, d);
        for (int c = 0; c < d; c++) {
            target[at + c] = norm > 0 ? (float) (rows_FD[from + c] / norm) : 0;
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
