package org.demur.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a reader of one kind of model hands to {@link ModelBundle}.
 *
 * @param name for people
 * @param config sizes and constants
 * @param tensors under canonical names
 * @param text tokenizer, template, special tokens
 * @param files everything that was read: the model's, sorted by name, then those of adapters
 */
record ModelParts(String name, ModelConfig config, ModelTensors tensors, TextParts text, List<Path> files) {
    ModelParts withFiles(List<Path> other) {
        return new ModelParts(name, config, tensors, text, List.copyOf(other));
    }

    /**
     * The part that turns text into tokens.
     *
     * @param tokenizerJson computed when asked for
     * @param chatTemplate Jinja source
     * @param special tokens with a role
     */
    record TextParts(Supplier<String> tokenizerJson, Optional<String> chatTemplate, SpecialTokens special) {}
}
