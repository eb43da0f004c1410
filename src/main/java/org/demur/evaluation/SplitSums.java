package org.demur.evaluation;

import java.io.Serializable;
import java.util.List;

/** All sums over rows of one split. */
record SplitSums(ReconstructionSums reconstruction, FeatureSums features) implements Serializable {
    static SplitSums empty(int width, int features) {
        return new SplitSums(new ReconstructionSums(width), new FeatureSums(features));
    }

    /** Adds rows with what a dictionary made of them. */
    void add(float[] x_BD, RowEncoder.Encoded encoded) {
        reconstruction.add(x_BD, encoded.xHat_BD());
        encoded.features().forEach(features::add);
    }

    /** Adds the sums of another part. */
    void add(SplitSums part) {
        reconstruction.add(part.reconstruction);
        features.add(part.features);
    }

    long rows() {
        return features.rows();
    }

    /** Both splits of one dictionary. */
    record Both(SplitSums heldOut, SplitSums trained) implements Serializable {
        static Both empty(int width, int features) {
            return new Both(SplitSums.empty(width, features), SplitSums.empty(width, features));
        }

        /** Sum of parts, in their order. */
        static Both of(List<Both> parts) {
            SplitSums first = parts.get(0).heldOut();
            Both sum =
                    empty(first.reconstruction().mean().length, first.features().features());
            for (Both part : parts) {
                sum.heldOut.add(part.heldOut);
                sum.trained.add(part.trained);
            }
            return sum;
        }

        /** Mean of all rows. */
        float[] mean() {
            ReconstructionSums all =
                    new ReconstructionSums(heldOut.reconstruction().mean().length);
            all.add(heldOut.reconstruction());
            all.add(trained.reconstruction());
            return all.mean();
        }
    }
}
