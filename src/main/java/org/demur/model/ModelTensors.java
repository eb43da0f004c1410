package org.demur.model;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * A model's tensors under their canonical names, checked to be all there, of the right shape and
 * readable, with nothing else beside them.
 */
final class ModelTensors implements AutoCloseable {
    private final Path path;
    private final TensorSource source;
    private final int headDim;
    private final SortedMap<TensorId, StoredTensor> stored;

    private ModelTensors(Path path, TensorSource source, int headDim, SortedMap<TensorId, StoredTensor> stored) {
        this.path = path;
        this.source = source;
        this.headDim = headDim;
        this.stored = stored;
    }

    /** How a kind of file names and orders tensors, and which of them do not matter. */
    enum Naming {
        HUGGING_FACE,
        GGUF;

        private StoredTensor stored(TensorRule rule, int block) {
            return switch (this) {
                case HUGGING_FACE -> new StoredTensor(rule.hfName(block), TensorRule.RowOrder.PLAIN);
                case GGUF -> new StoredTensor(rule.ggufName(block), rule.ggufOrder());
            };
        }

        /** Tensors that repeat what the configuration says. */
        private Predicate<String> derived(ModelConfig config) {
            return switch (this) {
                case HUGGING_FACE ->
                    name -> name.endsWith(".rotary_emb.inv_freq")
                            || config.tiedHead() && name.equals(Architecture.HEAD);
                case GGUF -> GgufConfig.ROPE_DIVISORS::equals;
            };
        }
    }

    static ModelTensors of(Path path, TensorSource source, ModelConfig config, Architecture family, Naming naming) {
        SortedMap<TensorId, StoredTensor> found = new TreeMap<>();
        for (TensorRule rule : family.rules(config)) {
            int blocks = rule.role().perBlock() ? config.nLayers() : 1;
            for (int block = 0; block < blocks; block++) {
                StoredTensor tensor = naming.stored(rule, block);
                check(path, source, tensor.name(), rule.shape(config));
                found.put(new TensorId(rule.role(), rule.role().perBlock() ? block : -1), tensor);
            }
        }
        Set<String> unknown = new HashSet<>(source.names());
        found.values().forEach(tensor -> unknown.remove(tensor.name()));
        unknown.removeIf(naming.derived(config));
        if (!unknown.isEmpty()) {
            throw Refusal.unsupported(
                    path, "tensor " + Collections.min(unknown) + " has no part in a " + family.hfModelType());
        }
        return new ModelTensors(path, source, config.attention().headDim(), found);
    }

    private static void check(Path path, TensorSource source, String name, long[] shape) {
        if (!source.names().contains(name)) {
            throw Refusal.broken(path, "tensor " + name + " is missing");
        }
        TensorInfo info = source.info(name);
        if (!Arrays.equals(info.shape(), shape)) {
            throw Refusal.broken(path, "tensor " + info + " should have the shape " + Arrays.toString(shape));
        }
        if (info.dtype().quantization().isEmpty()) {
            throw Refusal.unsupported(path, "tensor " + name + " is of type " + info.dtype());
        }
    }

    SortedSet<TensorId> ids() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(stored.keySet()));
    }

    TensorInfo info(TensorId id) {
        return source.info(stored(id).name());
    }

    void readRows(TensorId id, long firstRow, int rows, FloatBuffer target) {
        StoredTensor tensor = stored(id);
        switch (tensor.order()) {
            case PLAIN -> source.readRows(tensor.name(), firstRow, rows, target);
            case INTERLEAVED -> gatherRows(tensor, firstRow, rows, target);
        }
    }

    private void gatherRows(StoredTensor tensor, long firstRow, int rows, FloatBuffer target) {
        TensorInfo info = source.info(tensor.name());
        long length = info.rowLength();
        if (firstRow < 0 || rows < 0 || firstRow > info.rows() - rows || target.remaining() != rows * length) {
            throw Refusal.misused(
                    path, rows + " rows from " + firstRow + " of " + info + " do not fit the tensor or target");
        }
        int limit = target.limit();
        for (long row = firstRow; row < firstRow + rows; row++) {
            target.limit(target.position() + (int) length);
            source.readRows(tensor.name(), tensor.order().stored(row, headDim), 1, target);
        }
        target.limit(limit);
    }

    private StoredTensor stored(TensorId id) {
        StoredTensor tensor = stored.get(id);
        if (tensor == null) {
            throw Refusal.misused(path, "holds no tensor " + id);
        }
        return tensor;
    }

    @Override
    public void close() {
        source.close();
    }
}
