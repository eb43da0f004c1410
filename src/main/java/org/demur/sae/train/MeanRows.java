package org.demur.sae.train;

/**
 * Rows of some features on which all replicas agree from now on: encoder, decoder, scalars, then the same of every iterate.
 *
 * @param rows one row after another
 * @param range features
 * @param length of a row
 */
record MeanRows(float[] rows, ReplicaRows.Range range, int length) implements Collective.Packet {
    @Override
    public void write(Collective.PacketSink sink) {
        sink.floats(rows, 0, range.count() * length);
    }

    /** Reads into a buffer that has room for them. */
    static MeanRows read(Collective.PacketSource source, float[] rows, ReplicaRows.Range range, int length) {
        source.floats(rows, 0, range.count() * length);
        return new MeanRows(rows, range, length);
    }

    /** Has a replica take the rows over. */
    void copyTo(TrainingStep.Model replica) {
        TrainingWeights weights = replica.weights();
        SaeShape shape = weights.shape();
        for (int j = range.from(); j < range.to(); j++) {
            int at = (j - range.from()) * length;
            System.arraycopy(rows, at, weights.w_enc().array(j), weights.w_enc().at(j), shape.input());
            int decoder = at + shape.input();
            System.arraycopy(
                    rows, decoder, weights.w_dec().array(j), weights.w_dec().at(j), shape.output());
            for (int s = 0; s < shape.scalars(); s++) {
                weights.scalar(s)[j] = rows[decoder + shape.output() + s];
            }
            for (int i = 1; i * shape.rowLength() < length; i++) {
                System.arraycopy(
                        rows,
                        at + i * shape.rowLength(),
                        replica.state().arrays(j)[i - 1],
                        replica.state().at(j),
                        shape.rowLength());
            }
        }
        weights.mirror(range.from(), range.to());
    }
}
