package org.demur.model;

import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * A model as it lies on disk: one GGUF file, or a Hugging Face folder with safetensors.
 *
 * <p>Opening checks everything but the values of the weights: every tensor of the architecture is
 * there, of the shape the configuration implies and of a readable type, and nothing in the files
 * asks for a computation that is not implemented. Weights stay in the files until they are read;
 * reading is safe from several threads.
 */
public final class ModelBundle implements AutoCloseable {
    private final ModelParts parts;
    private List<FileDigest> files = List.of();

    ModelBundle(ModelParts parts) {
        this.parts = parts;
    }

    /**
     * Opens a model.
     *
     * @param path a GGUF file, or a folder with config.json and safetensors
     * @throws org.demur.JobException if it is missing, broken, or not implemented
     */
    public static ModelBundle open(Path path) {
        if (Files.isDirectory(path)) {
            return new ModelBundle(HfFolder.read(path));
        }
        return new ModelBundle(GgufModel.read(path));
    }

    /**
     * Opens a model and adapters that change it: what is read are the weights after merging
     * (Hu et al. 2021, LoRA), row by row, in fp32.
     *
     * @param path as in {@link #open(Path)}
     * @param adapters folders with adapter_config.json and adapter_model.safetensors, as the peft library saves them;
     *     their changes add up
     * @throws org.demur.JobException if one is missing, broken, does not fit the model, or asks for more than LoRA
     */
    public static ModelBundle open(Path path, List<Path> adapters) {
        ModelBundle model = open(path);
        try {
            List<Path> files = new ArrayList<>(model.parts.files());
            for (Path folder : adapters) {
                LoraAdapter adapter = LoraAdapter.open(folder);
                model.parts.tensors().adapt(adapter);
                files.addAll(adapter.files());
            }
            return new ModelBundle(model.parts.withFiles(files));
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    ModelParts parts() {
        return parts;
    }

    /** A name for people: that in the GGUF metadata, or that of the file or folder. */
    public String name() {
        return parts.name();
    }

    /** The sizes and constants. */
    public ModelConfig config() {
        return parts.config();
    }

    /** The tensors; without the head where it is tied. */
    public SortedSet<TensorId> tensors() {
        return parts.tensors().ids();
    }

    /** Describes a tensor: its shape by role, the type it is stored in, its name in the file. */
    public TensorInfo tensor(TensorId id) {
        return parts.tensors().info(id);
    }

    /**
     * Unpacks a tensor to fp32 and advances {@code target} past it.
     *
     * @param target must have exactly the tensor's element count remaining
     */
    public void readFloats(TensorId id, FloatBuffer target) {
        parts.tensors().readRows(id, 0, Math.toIntExact(tensor(id).rows()), target);
    }

    /** The same for {@code rows} rows from {@code firstRow} on; in the order of the role, whatever the file's. */
    public void readRows(TensorId id, long firstRow, int rows, FloatBuffer target) {
        parts.tensors().readRows(id, firstRow, rows, target);
    }

    /**
     * The tokenizer in the format of the Hugging Face tokenizers library.
     *
     * @throws org.demur.JobException if the model has none, or one that cannot be expressed
     */
    public String tokenizerJson() {
        return parts.text().tokenizerJson().get();
    }

    /** The Jinja source of the chat template. */
    public Optional<String> chatTemplate() {
        return parts.text().chatTemplate();
    }

    /** Tokens with a role. */
    public SpecialTokens special() {
        return parts.text().special();
    }

    /**
     * The identity of the model in hex: the SHA-256 of a single file; of a folder, or of a model with adapters, that of
     * the lines {@code sha256sum} prints for {@link #files()}.
     */
    public String digest() {
        return FileDigest.together(files());
    }

    /**
     * The files that were read, digested on the first call: the model's, sorted by name, then those of each adapter.
     */
    public synchronized List<FileDigest> files() {
        if (files.isEmpty()) {
            files = parts.files().stream().map(FileDigest::of).toList();
        }
        return files;
    }

    @Override
    public void close() {
        parts.tensors().close();
    }
}
