package org.demur.sae;

import java.nio.FloatBuffer;

/**
 * Encodes many rows with one dictionary; used by one thread at a time.
 *
 * <p>Legend: {@code B} rows, {@code D} input width, {@code R} rows of a chunk, {@code F} features.
 */
public final class SaeEncoder implements AutoCloseable {
    private static final int CHUNK_ROWS = 256;

    private final Sae sae;
    private final MatrixProduct product;
    private final MatrixProduct.Chunk chunk;
    private final RowCodes rowCodes;

    SaeEncoder(Sae sae, MatrixProduct.Factory products) {
        this.sae = sae;
        this.product = products.open(sae.F(), sae.d());
        this.chunk = product.chunk(CHUNK_ROWS);
        this.rowCodes = RowCodes.of(sae);
        for (int j = 0; j < sae.F(); j++) {
            product.put(j, sae.w_enc_FD(), j * sae.d());
        }
    }

    /** Takes one row of products W_enc x, which lies at {@code at} of the buffer. */
    @FunctionalInterface
    interface ProductVisitor {
        /** Visits the row. */
        void visit(FloatBuffer product_RF, int at);
    }

    /** Codes of the first {@code rows} rows of {@code x_BD}. */
    public FeatureCodes encode(float[] x_BD, int rows) {
        FeatureCodes.Builder codes = new FeatureCodes.Builder(rows, rowCodes.perRow());
        products(x_BD, rows, (product_RF, at) -> rowCodes.append(product_RF, at, codes));
        return codes.build();
    }

    /** Visits the products of the first {@code rows} rows in order. */
    void products(float[] x_BD, int rows, ProductVisitor visitor) {
        float[] prepared_RD = new float[CHUNK_ROWS * sae.d()];
        for (int from = 0; from < rows; from += CHUNK_ROWS) {
            int count = Math.min(CHUNK_ROWS, rows - from);
            for (int r = 0; r < count; r++) {
                prepare(x_BD, (from + r) * sae.d(), prepared_RD, r * sae.d());
            }
            chunk.x_RD().put(0, prepared_RD, 0, count * sae.d());
            FloatBuffer product_RF = chunk.multiply(count);
            for (int r = 0; r < count; r++) {
                visitor.visit(product_RF, r * sae.F());
            }
        }
    }

    private void prepare(float[] x_BD, int from, float[] prepared_RD, int to) {
        int d = sae.d();
        SaeInput input = sae.facts().input();
        InputNorm.RowScale scale = input.norm().of(x_BD, from, d);
        float[] b_dec_D = sae.b_dec_D();
        for (int c = 0; c < d; c++) {
            float x = (x_BD[from + c] - scale.offset()) * scale.in();
            prepared_RD[to + c] = input.isCentred() ? x - b_dec_D[c] : x;
        }
    }

    @Override
    public void close() {
        chunk.close();
        product.close();
    }
}
