package org.demur.sae;

/** Encodes many rows with one dictionary; used by one thread at a time. */
public final class SaeEncoder implements AutoCloseable {
    private static final int CHUNK_ROWS = 256;

    private final Sae sae;
    private final MatrixProduct product;
    private final MatrixProduct.Chunk chunk;
    private final TopKSelection selection;

    SaeEncoder(Sae sae, MatrixProduct.Factory products) {
        this.sae = sae;
        this.product = products.open(sae.F(), sae.d());
        this.chunk = product.chunk(CHUNK_ROWS);
        this.selection = new TopKSelection(sae.F(), sae.k());
        for (int j = 0; j < sae.F(); j++) {
            product.put(j, sae.w_enc_FD(), j * sae.d());
        }
    }

    /** Codes of the first {@code rows} rows of {@code x_BD}. */
    public SparseCodes encode(float[] x_BD, int rows) {
        SparseCodes codes = SparseCodes.of(rows, sae.k());
        float[] centred = new float[CHUNK_ROWS * sae.d()];
        for (int from = 0; from < rows; from += CHUNK_ROWS) {
            int count = Math.min(CHUNK_ROWS, rows - from);
            for (int i = 0; i < count * sae.d(); i++) {
                centred[i] = x_BD[from * sae.d() + i] - sae.b_dec_D()[i % sae.d()];
            }
            chunk.x_RD().put(0, centred, 0, count * sae.d());
            var h_RF = chunk.multiply(count);
            for (int r = 0; r < count; r++) {
                selection.load(h_RF, r * sae.F(), sae.b_enc_F());
                selection.select(codes.indices_BK(), codes.values_BK(), (from + r) * sae.k());
            }
        }
        return codes;
    }

    @Override
    public void close() {
        chunk.close();
        product.close();
    }
}
