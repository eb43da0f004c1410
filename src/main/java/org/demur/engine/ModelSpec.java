package org.demur.engine;

import java.io.Serializable;

/**
 * Names a model for the executors.
 *
 * @param path a GGUF file or a Hugging Face folder, readable on every executor
 * @param digest SHA-256 over the model's files
 * @param nativeThreads libtorch threads of one task; threads x tasks of a JVM must not exceed its cores
 */
public record ModelSpec(String path, String digest, int nativeThreads) implements Serializable {}
