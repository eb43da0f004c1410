package org.demur.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A model in one GGUF file. */
final class GgufModel {
    private static final String ARCHITECTURE = "general.architecture";

    private static final String SPLIT = "split.count";

    private GgufModel() {}

    static ModelParts read(Path path) {
        GgufFile file = GgufFile.open(path);
        GgufMetadata metadata = file.metadata();
        long parts = metadata.whole(SPLIT).orElse(1);
        if (parts > 1) {
            throw Refusal.unsupported(path, "key " + SPLIT + " is " + parts + "; only whole files are read");
        }
        String name = metadata.text(ARCHITECTURE)
                .orElseThrow(() -> Refusal.broken(path, "key " + ARCHITECTURE + " is missing"));
        Architecture family = Architecture.ofGguf(name)
                .orElseThrow(() -> Refusal.unsupported(path, "architecture " + name + " is not implemented"));
        ModelConfig config = GgufConfig.read(file, family);
        ModelTensors tensors = ModelTensors.of(path, file, config, family, ModelTensors.Format.GGUF);
        GgufTokenizer tokenizer = new GgufTokenizer(metadata);
        tokenizer.requireAtMost(config.vocabSize());
        Optional<String> template = metadata.text("tokenizer.chat_template");
        return new ModelParts(
                metadata.text("general.name").orElse(path.getFileName().toString()),
                config,
                tensors,
                new ModelParts.TextParts(tokenizer::json, template, tokenizer.special()),
                List.of(path));
    }
}
