package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.demur.edit.FeatureSlice;
import org.demur.edit.Rivals;

/** Arrays of edits, copied to the model's memory once for as long as the manager lives. */
final class Uploads {
    private final PtNDManager manager;
    private final int d;
    private final Map<Object, PtNDArray> uploaded = new IdentityHashMap<>();

    /** For arrays of a stream of width {@code d}. */
    Uploads(PtNDManager manager, int d) {
        this.manager = manager;
        this.d = d;
    }

    PtNDArray vector(float[] values) {
        return once(values, () -> TorchRuntime.floats(manager, values, values.length));
    }

    PtNDArray matrix(float[] values) {
        return once(values, () -> TorchRuntime.floats(manager, values, values.length / d, d));
    }

    PtNDArray indices(int[] values) {
        return once(
                values,
                () -> TorchRuntime.longs(
                        manager, IntStream.of(values).asLongStream().toArray()));
    }

    /** A number that belongs to {@code owner}. */
    PtNDArray number(Object owner, float value) {
        return once(owner, () -> TorchRuntime.floats(manager, new float[] {value}, 1));
    }

    /** As many zeros, for their number. */
    PtNDArray places(Rivals owner, int count) {
        return once(owner, () -> TorchRuntime.longs(manager, new long[count]));
    }

    /** Numbers of the groups, of {@code size} features each, that the features are in. */
    PtNDArray groups(FeatureSlice owner, int size) {
        return once(
                owner,
                () -> TorchRuntime.longs(
                        manager,
                        IntStream.of(owner.features_M())
                                .mapToLong(feature -> feature / size)
                                .toArray()));
    }

    /** Thresholds, no less than 0 unless rivals decide. */
    PtNDArray threshold(FeatureSlice slice) {
        float[] threshold_M = slice.threshold_M();
        boolean alone = slice.rivals() instanceof Rivals.None;
        return once(threshold_M, () -> {
            float[] least_M = threshold_M.clone();
            for (int m = 0; alone && m < least_M.length; m++) {
                least_M[m] = Math.max(least_M[m], 0);
            }
            return TorchRuntime.floats(manager, least_M, least_M.length);
        });
    }

    private PtNDArray once(Object key, Supplier<PtNDArray> upload) {
        return uploaded.computeIfAbsent(key, missing -> upload.get());
    }
}
