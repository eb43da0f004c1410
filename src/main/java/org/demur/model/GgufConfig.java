package org.demur.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.demur.model.Architecture.Biases;

/** The configuration in the metadata of a GGUF file; what it leaves out follows the published models. */
final class GgufConfig implements ConfigSource {
    private static final String PATTERN = "attention.sliding_window_pattern";

    /** Keys that say nothing the maths depends on, or nothing that others don't say. */
    private static final Set<String> INERT = Set.of("tensor_data_layout", "rope.scaling.finetuned");

    /** Keys that change nothing at these values. */
    private static final Map<String, Double> NEUTRAL = Map.ofEntries(
            Map.entry("expert_count", 0.0),
            Map.entry("expert_used_count", 0.0),
            Map.entry("attention.sliding_window", 0.0),
            Map.entry("attention.clamp_kqv", 0.0),
            Map.entry("attention.max_alibi_bias", 0.0),
            Map.entry("rope.scaling.attn_factor", 1.0),
            Map.entry("rope.scaling.yarn_log_multiplier", 0.0),
            Map.entry("logit_scale", 1.0),
            Map.entry("embedding_scale", 1.0),
            Map.entry("residual_scale", 1.0));

    /** The sizes whose queries are divided by the root of the mean, not of the actual, head width. */
    private static final Map<String, Integer> LAYERS_OF_27B = Map.of("gemma2", 46, "gemma3", 62);

    private final GgufFile file;
    private final Architecture family;
    private final GgufMetadata metadata;
    private final String prefix;
    private final GgufRope rope;

    private GgufConfig(GgufFile file, Architecture family) {
        this.file = file;
        this.family = family;
        this.metadata = file.metadata();
        this.prefix = family.names().gguf() + ".";
        this.rope = new GgufRope(file, family);
    }

    static ModelConfig read(GgufFile file, Architecture family) {
        GgufConfig config = new GgufConfig(file, family);
        config.refuseUnknownKeys();
        return ConfigAssembly.of(family, config);
    }

    private void refuseUnknownKeys() {
        Set<String> read = new HashSet<>(family.gguf().keys());
        settings().forEach(setting -> read.add(setting.gguf()));
        read.add("attention.value_length");
        read.addAll(GgufRope.KEYS);
        for (String key : metadata.keys()) {
            if (!key.startsWith(prefix)) {
                continue;
            }
            String name = key.substring(prefix.length());
            boolean causal =
                    name.equals("attention.causal") && metadata.flag(key).orElse(true);
            boolean neutral = NEUTRAL.containsKey(name) && metadata.real(key).orElse(-1) == NEUTRAL.get(name);
            if (!read.contains(name) && !INERT.contains(name) && !neutral && !causal) {
                throw Refusal.unsupported(metadata.path(), "key " + key + " is not implemented");
            }
        }
    }

    private Set<Setting> settings() {
        Set<Setting> settings = family.settings();
        if (family.sliding() == Sliding.LAST) {
            settings.remove(Setting.WINDOW);
        }
        return settings;
    }

    @Override
    public Path file() {
        return metadata.path();
    }

    @Override
    public String key(Setting setting) {
        return prefix + setting.gguf();
    }

    @Override
    public Optional<Integer> size(Setting setting) {
        if (!settings().contains(setting)) {
            return Optional.empty();
        }
        if (setting == Setting.VOCABULARY && metadata.value(key(setting)).isEmpty()) {
            return Optional.of(embeddingRows());
        }
        OptionalLong stated = metadata.whole(key(setting));
        if (stated.isPresent()) {
            return setting == Setting.WINDOW && stated.getAsLong() == 0
                    ? Optional.empty()
                    : Optional.of(ConfigChecks.size(file(), key(setting), stated.getAsLong()));
        }
        return Optional.ofNullable(family.gguf().defaults().get(setting)).map(Double::intValue);
    }

    @Override
    public OptionalDouble real(Setting setting) {
        if (!settings().contains(setting)) {
            return OptionalDouble.empty();
        }
        OptionalDouble stated = metadata.real(key(setting));
        Double usual = family.gguf().defaults().get(setting);
        return stated.isPresent() || usual == null ? stated : OptionalDouble.of(usual);
    }

    @Override
    public MlpSpec.Activation activation() {
        return family.activation();
    }

    @Override
    public boolean queryKeyValueBias() {
        return switch (family.biases()) {
            case NONE -> false;
            case QUERY_KEY_VALUE, ALL -> true;
            case STATED -> hasBias(TensorRole.QUERY_BIAS);
        };
    }

    @Override
    public boolean outputBias() {
        return family.biases() == Biases.ALL
                || family.biases() == Biases.STATED && hasBias(TensorRole.ATTENTION_OUTPUT_BIAS);
    }

    private boolean hasBias(TensorRole role) {
        return file.names().contains(family.gguf().tensors().of(role).tensor(role, 0));
    }

    @Override
    public boolean parallel() {
        return metadata.flag(prefix + PARALLEL).orElse(true);
    }

    @Override
    public int rotaryDims(HeadSizes sizes) {
        return rope.dims(sizes.headDim());
    }

    @Override
    public double queryScalar(HeadSizes sizes) {
        return LAYERS_OF_27B.getOrDefault(family.names().gguf(), -1) == sizes.nLayers()
                ? (double) sizes.dModel() / sizes.heads()
                : sizes.headDim();
    }

    @Override
    public boolean tiedHead() {
        TensorRole head = TensorRole.HEAD;
        return !file.names().contains(family.gguf().tensors().of(head).tensor(head, 0));
    }

    @Override
    public List<LayerAttention> layers(HeadSizes sizes) {
        OptionalLong valueLength = metadata.whole(prefix + "attention.value_length");
        if (valueLength.orElse(sizes.headDim()) != sizes.headDim()) {
            throw Refusal.unsupported(
                    file(), "key " + prefix + "attention.value_length differs from the head width " + sizes.headDim());
        }
        BitSet sliding = sliding(sizes.nLayers());
        LayerAttention full = LayerAttention.full(rope.global(sizes.headDim()));
        LayerAttention local = sliding.isEmpty()
                ? full
                : LayerAttention.sliding(size(Setting.WINDOW).orElseThrow(), rope.local(sizes.headDim()));
        List<LayerAttention> layers = new ArrayList<>(sizes.nLayers());
        for (int layer = 0; layer < sizes.nLayers(); layer++) {
            layers.add(sliding.get(layer) ? local : full);
        }
        return layers;
    }

    private BitSet sliding(int nLayers) {
        boolean window = size(Setting.WINDOW).isPresent();
        return switch (family.sliding()) {
            case NONE, LAST -> new BitSet();
            case ALL -> Sliding.from(window ? 0 : nLayers, nLayers);
            case EVERY_OTHER, FIVE_OF_SIX -> {
                if (!window) {
                    throw Refusal.broken(file(), "key " + key(Setting.WINDOW) + " is missing");
                }
                yield Sliding.allBut(pattern(), nLayers);
            }
        };
    }

    private int pattern() {
        OptionalLong stated = metadata.whole(prefix + PATTERN);
        return stated.isEmpty()
                ? family.sliding().period()
                : ConfigChecks.size(file(), prefix + PATTERN, stated.getAsLong());
    }

    private int embeddingRows() {
        TensorRole role = TensorRole.EMBEDDING;
        String name = family.gguf().tensors().of(role).tensor(role, 0);
        if (!file.names().contains(name)) {
            throw Refusal.broken(file(), "tensor " + name + " is missing");
        }
        return ConfigChecks.size(
                file(), key(Setting.VOCABULARY), file.info(name).rows());
    }
}
