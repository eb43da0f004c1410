package org.demur.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A Hugging Face model folder: config.json, safetensors, tokenizer files. */
final class HfFolder {
    private static final String CONFIG = "config.json";
    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private HfFolder() {}

    static ModelParts read(Path folder) {
        Path configFile = folder.resolve(CONFIG);
        if (!Files.exists(configFile)) {
            throw Refusal.missing(configFile, "no such file; a model folder needs one");
        }
        JsonKeys keys = JsonKeys.of(configFile);
        boolean textPart = Gemma3TextPart.isPartOf(keys);
        JsonKeys textKeys = textPart ? Gemma3TextPart.config(keys) : keys;
        Architecture family = HfConfig.family(textKeys);
        ModelConfig config = HfConfig.read(textKeys, family);
        TreeSet<Path> files = new TreeSet<>(List.of(configFile));
        ShardedSafetensors weights = weights(folder);
        files.addAll(weights.paths());
        HfText text = new HfText(folder, keys.node("eos_token_id").isPresent() ? keys : textKeys);
        files.addAll(text.files());
        if (!Files.exists(folder.resolve(SINGLE)) && Files.exists(folder.resolve(INDEX))) {
            files.add(folder.resolve(INDEX));
        }
        TensorSource source = textPart ? Gemma3TextPart.tensors(weights) : weights;
        ModelTensors tensors = ModelTensors.of(folder, source, config, family, ModelTensors.Format.HUGGING_FACE);
        return new ModelParts(
                folder.toAbsolutePath().normalize().getFileName().toString(),
                config,
                tensors,
                text.parts(),
                List.copyOf(files));
    }

    private static ShardedSafetensors weights(Path folder) {
        if (Files.exists(folder.resolve(SINGLE))) {
            return ShardedSafetensors.of(folder, List.of(folder.resolve(SINGLE)));
        }
        if (Files.exists(folder.resolve(INDEX))) {
            return ShardedSafetensors.ofIndex(folder.resolve(INDEX));
        }
        List<Path> found = new ArrayList<>();
        boolean pickled = false;
        for (Path file : list(folder)) {
            String name = file.getFileName().toString();
            if (name.endsWith(".safetensors")) {
                found.add(file);
            }
            pickled |= name.endsWith(".bin") || name.endsWith(".pt") || name.endsWith(".pth");
        }
        if (found.isEmpty() && pickled) {
            throw Refusal.unsupported(folder, "holds pickled weights; only safetensors are read");
        }
        if (found.isEmpty()) {
            throw Refusal.missing(folder.resolve(SINGLE), "no such file, and no other safetensors");
        }
        return ShardedSafetensors.of(folder, found);
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw Refusal.missing(folder, "cannot be listed (" + e.getMessage() + ")");
        }
    }
}
