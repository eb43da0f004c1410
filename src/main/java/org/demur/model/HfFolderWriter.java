package org.demur.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.demur.ExitCode;
import org.demur.JobException;

/**
 * Writes a model as a Hugging Face folder with a direction removed from all that it writes: one safetensors file for
 * what blocks share and one for each block, so that no more than a block is in memory.
 */
public final class HfFolderWriter {
    private static final String CONFIG = "config.json";
    private static final String TOKENIZER = "tokenizer.json";
    private static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    private static final String INDEX = "model.safetensors.index.json";

    private final ModelBundle source;
    private final ModelParts parts;
    private final Orthogonalisation change;
    private final Path folder;

    private HfFolderWriter(ModelBundle source, Orthogonalisation change, Path folder) {
        this.source = source;
        this.parts = source.parts();
        this.change = change;
        this.folder = folder;
    }

    /**
     * Writes the model with the direction removed. A tied head becomes a matrix of its own, because it keeps the direction.
     * Weights stay in bf16 where the source has them so, all others become fp32.
     *
     * @param folder existing and empty
     * @throws JobException with MISMATCH if the change cannot be expressed in weights, or the model not as such a folder
     */
    public static void write(ModelBundle source, Orthogonalisation change, Path folder) {
        ModelConfig config = source.config();
        if (config.norm().afterSublayers()) {
            throw refused(
                    source,
                    "normalises what attention and MLP write before it is added",
                    "the norm's weights and its root mean square stand between the matrices and the stream, so that no change"
                            + " of the matrices removes a direction from it",
                    "ablate the direction while the model runs: method = direction_ablation");
        }
        if (change.width() != config.dModel()) {
            throw refused(
                    source,
                    "has a stream of width " + config.dModel() + ", the direction is of width " + change.width(),
                    "the direction was found in another model",
                    "name the model that the direction stage ran on");
        }
        new HfFolderWriter(source, change, folder).write();
    }

    private static JobException refused(ModelBundle source, String what, String why, String todo) {
        return new JobException(
                ExitCode.MISMATCH, source.name() + " " + what + " and cannot be orthogonalised", why, todo);
    }

    private void write() {
        try {
            writeText();
            Map<String, String> files = new TreeMap<>();
            long bytes = 0;
            for (int block = -1; block < source.config().nLayers(); block++) {
                bytes += writeFile(block, files);
            }
            ObjectNode index = StrictJson.mapper().createObjectNode();
            index.putObject("metadata").put("total_size", bytes);
            files.forEach(index.putObject("weight_map")::put);
            Files.writeString(folder.resolve(INDEX), index.toPrettyString());
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.UNAVAILABLE,
                    folder + ": cannot be written (" + e.getMessage() + ")",
                    "the folder is missing, full or not writable",
                    "check the folder and its free space",
                    e);
        }
        requireSame();
    }

    /** One file of the tensors of a block, or of those that have none; answers how many bytes they take. */
    private long writeFile(int block, Map<String, String> files) {
        String name = String.format(
                Locale.ROOT,
                "model-%05d-of-%05d.safetensors",
                block + 2,
                source.config().nLayers() + 1);
        Map<String, Stored> stored = new TreeMap<>();
        for (TensorId id : source.tensors()) {
            if (id.layer() == block) {
                place(id, id.role(), stored);
            }
        }
        if (block < 0 && source.config().tiedHead()) {
            place(TensorId.of(TensorRole.EMBEDDING), TensorRole.HEAD, stored);
        }
        List<NamedTensor> tensors = new ArrayList<>();
        stored.forEach((tensor, values) -> {
            files.put(tensor, name);
            tensors.add(new NamedTensor(tensor, values.dtype, values.shape, FloatBuffer.wrap(values.values)));
        });
        SafetensorsWriter.write(folder.resolve(name), Map.of("format", "pt"), tensors);
        return tensors.stream().mapToLong(NamedTensor::byteCount).sum();
    }

    private record Stored(DType dtype, long[] shape, float[] values) {}

    /** Puts a tensor where Hugging Face files keep it in a given role. */
    private void place(TensorId id, TensorRole role, Map<String, Stored> stored) {
        Placement placement = parts.tensors().family().hf().tensors().of(role);
        TensorInfo info = source.tensor(id);
        long[] shape = placement.storedShape(role, source.config());
        Stored target = stored.computeIfAbsent(
                placement.tensor(role, Math.max(0, id.layer())),
                name -> new Stored(
                        info.dtype() == DType.BF16 ? DType.BF16 : DType.F32, shape, new float[count(shape)]));
        float[] values = new float[Math.toIntExact(info.elementCount())];
        source.readFloats(id, FloatBuffer.wrap(values));
        if (role == id.role()) {
            change.apply(role, values);
        }
        RowMap rows = placement.rows(role, source.config());
        int length = Math.toIntExact(info.rowLength());
        for (int row = 0; row < info.rows(); row++) {
            int to = Math.toIntExact(rows.stored(row) * length);
            for (int i = 0; i < length; i++) {
                target.values[to + i] = values[row * length + i] - (placement.lessOne() ? 1 : 0);
            }
        }
    }

    private static int count(long[] shape) {
        long count = 1;
        for (long extent : shape) {
            count *= extent;
        }
        return Math.toIntExact(count);
    }

    private void writeText() throws IOException {
        boolean isHuggingFace = parts.files().stream().anyMatch(file -> file.endsWith(CONFIG));
        ObjectNode config = HfConfigText.of(source, parts.tensors().family());
        if (isHuggingFace) {
            for (Path file : parts.files()) {
                String name = file.getFileName().toString();
                if (name.equals(CONFIG)) {
                    config = (ObjectNode) StrictJson.object(file);
                } else if (!name.endsWith(".safetensors") && !name.equals(INDEX) && isText(name)) {
                    Files.copy(file, folder.resolve(name));
                }
            }
        } else {
            Files.writeString(folder.resolve(TOKENIZER), source.tokenizerJson());
            Files.writeString(
                    folder.resolve(TOKENIZER_CONFIG), tokenizerConfig().toPrettyString());
        }
        config.put(HfConfig.TIED, false);
        Files.writeString(folder.resolve(CONFIG), config.toPrettyString());
    }

    /** Files of adapters are part of the weights now. */
    private static boolean isText(String name) {
        return Set.of(TOKENIZER, TOKENIZER_CONFIG, "chat_template.jinja", "generation_config.json")
                .contains(name);
    }

    private ObjectNode tokenizerConfig() {
        ObjectNode config = StrictJson.mapper().createObjectNode();
        SpecialTokens special = source.special();
        config.put("tokenizer_class", "PreTrainedTokenizerFast");
        if (!special.bosText().isEmpty()) {
            config.put("bos_token", special.bosText());
        }
        if (!special.eosText().isEmpty()) {
            config.put("eos_token", special.eosText());
        }
        config.put("add_bos_token", special.addBos());
        source.chatTemplate().ifPresent(template -> config.put("chat_template", template));
        return config;
    }

    /** What was written must be the model that was meant, but for its head. */
    private void requireSame() {
        try (ModelBundle written = ModelBundle.open(folder)) {
            ModelConfig wanted = source.config();
            ModelConfig found = written.config();
            boolean same = found.nLayers() == wanted.nLayers()
                    && found.norm().equals(wanted.norm())
                    && found.attention().equals(wanted.attention())
                    && found.mlp().equals(wanted.mlp())
                    && found.layout() == wanted.layout()
                    && found.layers().equals(wanted.layers())
                    && found.embeddingScale() == wanted.embeddingScale()
                    && found.logitSoftcap().equals(wanted.logitSoftcap());
            if (!same) {
                throw refused(
                        source,
                        "has settings that its family's config.json was not written with",
                        "they are read from the metadata of a GGUF file, of which only the usual ones are translated",
                        "start from the Hugging Face folder that the file was converted from");
            }
        }
    }

    /** Ids as config.json lists them. */
    static ArrayNode ids(Iterable<Integer> ids) {
        ArrayNode list = StrictJson.mapper().createArrayNode();
        ids.forEach(list::add);
        return list;
    }
}
