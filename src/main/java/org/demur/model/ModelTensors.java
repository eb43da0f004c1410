package org.demur.model;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A model's tensors by what they do, checked to be all there, of the right shape and readable, with nothing else
 * beside them.
 */
final class ModelTensors implements AutoCloseable {
    private static final Set<String> GGUF_DERIVED =
            Set.of(GgufRope.DIVISORS, GgufRope.SHORT_DIVISORS, GgufRope.LONG_DIVISORS);
    private static final Pattern HF_DERIVED =
            Pattern.compile(".*\\.rotary_emb\\.inv_freq|gpt_neox\\.layers\\.\\d+\\.attention\\.(masked_)?bias");

    private final Path path;
    private final TensorSource source;
    private final ModelConfig config;
    private final Architecture family;
    private final SortedMap<TensorId, Stored> stored;
    private final List<Adaptation> adaptations = new ArrayList<>();

    private ModelTensors(
            Path path,
            TensorSource source,
            ModelConfig config,
            Architecture family,
            SortedMap<TensorId, Stored> stored) {
        this.path = path;
        this.source = source;
        this.config = config;
        this.family = family;
        this.stored = stored;
    }

    /** Whose names the files use. */
    enum Format {
        HUGGING_FACE,
        GGUF;

        private TensorNames names(Architecture family) {
            return switch (this) {
                case HUGGING_FACE -> family.hf().tensors();
                case GGUF -> family.gguf().tensors();
            };
        }

        /** Whether a tensor repeats what the configuration or another tensor says. */
        private boolean derived(String name, TensorNames names, ModelConfig config) {
            return switch (this) {
                case HUGGING_FACE ->
                    HF_DERIVED.matcher(name).matches()
                            || config.tiedHead()
                                    && name.equals(names.of(TensorRole.HEAD).tensor(TensorRole.HEAD, 0));
                case GGUF -> GGUF_DERIVED.contains(name);
            };
        }
    }

    /**
     * Where a tensor is found.
     *
     * @param name of the stored tensor
     * @param rows of this tensor among those stored
     * @param added to every value
     */
    private record Stored(String name, RowMap rows, float added) {}

    /** An open adapter and what it adds. */
    private record Adaptation(LoraAdapter adapter, Map<TensorId, LoraDelta> deltas) {}

    static ModelTensors of(Path path, TensorSource source, ModelConfig config, Architecture family, Format format) {
        TensorNames names = format.names(family);
        SortedMap<TensorId, Stored> found = new TreeMap<>();
        for (TensorRole role : RoleShape.present(config)) {
            Placement placement = names.of(role);
            int blocks = role.perBlock() ? config.nLayers() : 1;
            for (int block = 0; block < blocks; block++) {
                String name = placement.tensor(role, block);
                check(path, source, name, placement.storedShape(role, config));
                Stored tensor = new Stored(name, placement.rows(role, config), placement.lessOne() ? 1 : 0);
                found.put(new TensorId(role, role.perBlock() ? block : -1), tensor);
            }
        }
        Set<String> unknown = new HashSet<>(source.names());
        found.values().forEach(tensor -> unknown.remove(tensor.name()));
        unknown.removeIf(name -> format.derived(name, names, config));
        if (!unknown.isEmpty()) {
            throw Refusal.unsupported(
                    path,
                    "tensor " + Collections.min(unknown) + " has no part in a "
                            + family.names().hfModelType());
        }
        return new ModelTensors(path, source, config, family, found);
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

    /** Adds an adapter's changes to what is read from now on, and closes it with the rest. */
    void adapt(LoraAdapter adapter) {
        adaptations.add(
                new Adaptation(adapter, adapter.deltas(config, family.hf().tensors())));
    }

    Architecture family() {
        return family;
    }

    SortedSet<TensorId> ids() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(stored.keySet()));
    }

    TensorInfo info(TensorId id) {
        TensorInfo info = source.info(stored(id).name());
        return new TensorInfo(info.name(), RoleShape.of(id.role(), config), info.dtype());
    }

    void readRows(TensorId id, long firstRow, int rows, FloatBuffer target) {
        Stored tensor = stored(id);
        TensorInfo info = info(id);
        long length = info.rowLength();
        if (firstRow < 0 || rows < 0 || firstRow > info.rows() - rows || target.remaining() != rows * length) {
            throw Refusal.misused(
                    path, rows + " rows from " + firstRow + " of " + info + " do not fit the tensor or target");
        }
        int start = target.position();
        int limit = target.limit();
        for (int done = 0; done < rows; ) {
            int run = tensor.rows().run(firstRow + done, rows - done);
            target.limit(target.position() + Math.toIntExact(run * length));
            source.readRows(tensor.name(), tensor.rows().stored(firstRow + done), run, target);
            done += run;
        }
        target.limit(limit);
        if (tensor.added() != 0) {
            for (int i = start; i < limit; i++) {
                target.put(i, target.get(i) + tensor.added());
            }
        }
        for (Adaptation adaptation : adaptations) {
            LoraDelta delta = adaptation.deltas().get(id);
            if (delta != null) {
                delta.addTo(target, start, firstRow, rows);
            }
        }
    }

    private Stored stored(TensorId id) {
        Stored tensor = stored.get(id);
        if (tensor == null) {
            throw Refusal.misused(path, "holds no tensor " + id);
        }
        return tensor;
    }

    @Override
    public void close() {
        adaptations.forEach(adaptation -> adaptation.adapter().close());
        source.close();
    }
}
