package org.demur.engine;

import java.io.Serializable;
import java.util.List;

/**
 * Names a model for the executors.
 *
 * @param path a GGUF file or a Hugging Face folder, readable on every executor
 * @param adapters folders of LoRA adapters, merged in this order
 * @param digest SHA-256 over the files of the model and its adapters
 * @param compute how tasks compute with it
 */
public record ModelSpec(String path, List<String> adapters, String digest, Compute compute) implements Serializable {
    /** Copies the list. */
    public ModelSpec {
        adapters = List.copyOf(adapters);
    }

    /** A model without adapters in fp32 on the CPU. */
    public ModelSpec(String path, String digest, int nativeThreads) {
        this(path, List.of(), digest, Compute.cpu(nativeThreads));
    }
}
