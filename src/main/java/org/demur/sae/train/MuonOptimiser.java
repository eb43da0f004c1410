package org.demur.sae.train;

import java.util.Arrays;
import org.demur.sae.RowKernels;

/**
 * Muon (Jordan et al. 2024): steps along the nearest matrix with orthonormal columns to a running mean of gradients. Here rows
 * only gather the mean; {@link OrthogonalPass} makes the step once all of them have. Numbers that are no rows of a matrix step
 * by signs.
 *
 * @param momentum decay of the mean
 */
public record MuonOptimiser(double momentum) implements RowOptimiser {
    /** Momentum 0.9. */
    public static MuonOptimiser standard() {
        return new MuonOptimiser(0.9);
    }

    @Override
    public int states() {
        return 1;
    }

    @Override
    public RowOptimiser ofVectors() {
        return new SignOptimiser(momentum);
    }

    @Override
    public void begin(Row row) {
        Arrays.fill(row.state()[0], row.stateAt(), row.stateAt() + row.length(), 0);
    }

    @Override
    public void update(Row row, float[] gradient, int from, Step step) {
        float[] mean = row.state()[0];
        RowKernels.scale(mean, row.stateAt(), (float) momentum, row.length());
        RowKernels.addScaled(mean, row.stateAt(), (float) (1 - momentum), gradient, from, row.length());
    }

    @Override
    public void finish(Row row) {
        // The weights in training are the weights to publish.
    }

    @Override
    public boolean movesIdleRows() {
        return true;
    }
}
