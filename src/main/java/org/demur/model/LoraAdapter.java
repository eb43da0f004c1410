package org.demur.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A folder that the peft library saved: low-rank changes to matrices of a model, named as the transformers library
 * names them, whatever format the model itself is in.
 */
final class LoraAdapter implements AutoCloseable {
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PICKLED = "adapter_model.bin";
    private static final String PREFIX = "base_model.model.";
    private static final String DOWN = ".lora_A.weight";
    private static final String UP = ".lora_B.weight";

    private final Path folder;
    private final LoraConfig config;
    private final SafetensorsFile file;

    private LoraAdapter(Path folder, LoraConfig config, SafetensorsFile file) {
        this.folder = folder;
        this.config = config;
        this.file = file;
    }

    static LoraAdapter open(Path folder) {
        Path configFile = folder.resolve(CONFIG);
        if (!Files.exists(configFile)) {
            throw Refusal.missing(configFile, "no such file; an adapter needs one");
        }
        LoraConfig config = LoraConfig.read(JsonKeys.of(configFile));
        Path weights = folder.resolve(WEIGHTS);
        if (!Files.exists(weights) && Files.exists(folder.resolve(PICKLED))) {
            throw Refusal.unsupported(folder.resolve(PICKLED), "is pickled; only safetensors are read");
        }
        return new LoraAdapter(folder, config, SafetensorsFile.open(weights));
    }

    /** The files that were read, sorted by name. */
    List<Path> files() {
        return List.of(folder.resolve(CONFIG), folder.resolve(WEIGHTS));
    }

    /** What the adapter adds to which weight; every tensor of it has its place in the model, or it is refused. */
    Map<TensorId, LoraDelta> deltas(ModelConfig model, TensorNames names) {
        Map<TensorId, LoraDelta> deltas = new HashMap<>();
        Set<String> unused = new HashSet<>(file.names());
        for (TensorRole role : RoleShape.present(model)) {
            if (role == TensorRole.EMBEDDING || RoleShape.of(role, model).length != 2) {
                continue;
            }
            for (int block = 0; block < (role.perBlock() ? model.nLayers() : 1); block++) {
                String module = names.of(role).module(block);
                if (file.names().contains(PREFIX + module + DOWN)) {
                    LoraDelta delta = delta(module, role, model, names);
                    deltas.put(new TensorId(role, role.perBlock() ? block : -1), delta);
                    unused.remove(delta.down());
                    unused.remove(delta.up());
                }
            }
        }
        refuse(unused);
        if (deltas.isEmpty()) {
            throw Refusal.broken(folder.resolve(WEIGHTS), "changes nothing in the model");
        }
        return deltas;
    }

    private LoraDelta delta(String module, TensorRole role, ModelConfig model, TensorNames names) {
        Path path = folder.resolve(WEIGHTS);
        if (!config.adapts(module)) {
            throw Refusal.broken(path, "holds tensors of " + module + ", which target_modules leaves out");
        }
        Placement placement = names.of(role);
        long[] stored = placement.storedShape(role, model);
        long rank = config.rank(module);
        check(PREFIX + module + DOWN, rank, stored[1]);
        check(PREFIX + module + UP, stored[0], rank);
        return new LoraDelta(file, PREFIX + module + DOWN, PREFIX + module + UP, placement.rows(role, model), (float)
                config.scale(module));
    }

    private void check(String name, long... shape) {
        Path path = folder.resolve(WEIGHTS);
        if (!file.names().contains(name)) {
            throw Refusal.broken(path, "tensor " + name + " is missing");
        }
        TensorInfo info = file.info(name);
        if (!Arrays.equals(info.shape(), shape)) {
            throw Refusal.broken(path, "tensor " + info + " should have the shape " + Arrays.toString(shape));
        }
        if (info.dtype().quantization().isEmpty()) {
            throw Refusal.unsupported(path, "tensor " + name + " is of type " + info.dtype());
        }
    }

    private void refuse(Set<String> unused) {
        Path path = folder.resolve(WEIGHTS);
        for (String name : unused.stream().sorted().toList()) {
            if (name.contains("lora_magnitude_vector")) {
                throw Refusal.unsupported(path, "tensor " + name + " belongs to DoRA, which is not implemented");
            }
            if (name.contains("lora_embedding_")) {
                throw Refusal.unsupported(path, "tensor " + name + " adapts the embedding, which is not implemented");
            }
            throw Refusal.unsupported(path, "tensor " + name + " has no part in the model");
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
