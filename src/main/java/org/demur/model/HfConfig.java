package org.demur.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.demur.model.Architecture.Biases;
import org.demur.model.Architecture.Trait;

/**
 * The configuration in a config.json, in the spelling of transformers 4 (rope_theta, rope_scaling)
 * or 5 (rope_parameters). A missing key has the default of the family's configuration class; null sets nothing.
 */
final class HfConfig implements ConfigSource {
    static final String TIED = "tie_word_embeddings";
    static final String QUERY_SCALAR = "query_pre_attn_scalar";
    static final String LAYER_TYPES = "layer_types";

    private static final double DEFAULT_QUERY_SCALAR = 256;
    private static final int DEFAULT_MAX_WINDOW_LAYERS = 28;
    private static final int DEFAULT_PATTERN = 6;
    private static final String PATTERN = "sliding_window_pattern";

    private final JsonKeys keys;
    private final Architecture family;
    private final HfRope rope;

    private HfConfig(JsonKeys keys, Architecture family) {
        this.keys = keys;
        this.family = family;
        this.rope = new HfRope(keys, family);
    }

    static Architecture family(JsonKeys keys) {
        String type =
                keys.text("model_type").orElseThrow(() -> Refusal.broken(keys.file(), "key model_type is missing"));
        return Architecture.ofHf(type)
                .orElseThrow(() -> Refusal.unsupported(keys.file(), "model_type " + type + " is not implemented"));
    }

    static ModelConfig read(JsonKeys keys, Architecture family) {
        keys.node("architectures").ifPresent(classes -> {
            String wanted = family.names().hfClass();
            if (classes.size() != 1 || !classes.path(0).asText().equals(wanted)) {
                throw Refusal.unsupported(keys.file(), "key architectures is not " + wanted);
            }
        });
        HfKeys.check(keys, family);
        return ConfigAssembly.of(family, new HfConfig(keys, family));
    }

    @Override
    public Path file() {
        return keys.file();
    }

    @Override
    public String key(Setting setting) {
        return setting.hf();
    }

    @Override
    public Optional<Integer> size(Setting setting) {
        return takesDefault(setting)
                ? Optional.of(family.hf().defaults().get(setting).intValue())
                : stated(setting).flatMap(keys::size);
    }

    @Override
    public OptionalDouble real(Setting setting) {
        if (takesDefault(setting)) {
            return OptionalDouble.of(family.hf().defaults().get(setting));
        }
        Optional<String> key = stated(setting);
        return key.isPresent() ? keys.real(key.get()) : OptionalDouble.empty();
    }

    private Optional<String> stated(Setting setting) {
        return family.settings().contains(setting) ? Optional.of(setting.hf()) : Optional.empty();
    }

    private boolean takesDefault(Setting setting) {
        return !keys.tree().has(setting.hf()) && family.hf().defaults().containsKey(setting);
    }

    @Override
    public MlpSpec.Activation activation() {
        return HfActivation.of(keys, family);
    }

    @Override
    public boolean queryKeyValueBias() {
        return family.biases() == Biases.QUERY_KEY_VALUE || outputBias();
    }

    @Override
    public boolean outputBias() {
        return switch (family.biases()) {
            case NONE, QUERY_KEY_VALUE -> false;
            case STATED -> keys.flag("attention_bias").orElse(false);
            case ALL -> keys.flag("attention_bias").orElse(true);
        };
    }

    @Override
    public boolean parallel() {
        return keys.flag(PARALLEL).orElse(true);
    }

    @Override
    public int rotaryDims(HeadSizes sizes) {
        return (int) (sizes.headDim() * rope.partial());
    }

    @Override
    public double queryScalar(HeadSizes sizes) {
        return family.hf().keys().contains(QUERY_SCALAR)
                ? keys.real(QUERY_SCALAR).orElse(DEFAULT_QUERY_SCALAR)
                : sizes.headDim();
    }

    @Override
    public boolean tiedHead() {
        return keys.flag(TIED).orElse(family.has(Trait.TIED));
    }

    @Override
    public List<LayerAttention> layers(HeadSizes sizes) {
        BitSet sliding = sliding(sizes.nLayers());
        LayerAttention full = LayerAttention.full(rope.global());
        LayerAttention local = full;
        if (!sliding.isEmpty()) {
            int window = size(Setting.WINDOW)
                    .orElseThrow(() -> Refusal.broken(file(), "key sliding_window is missing, though blocks slide"));
            local = LayerAttention.sliding(window, rope.local());
        }
        List<LayerAttention> layers = new ArrayList<>(sizes.nLayers());
        for (int layer = 0; layer < sizes.nLayers(); layer++) {
            layers.add(sliding.get(layer) ? local : full);
        }
        return layers;
    }

    private BitSet sliding(int nLayers) {
        Optional<JsonNode> types = keys.node(LAYER_TYPES);
        if (types.isPresent() && family.hf().keys().contains(LAYER_TYPES)) {
            return listed(types.get(), nLayers);
        }
        return switch (family.sliding()) {
            case NONE -> new BitSet();
            case ALL -> Sliding.from(size(Setting.WINDOW).isPresent() ? 0 : nLayers, nLayers);
            case LAST -> Sliding.from(firstWindowLayer(nLayers), nLayers);
            case EVERY_OTHER -> Sliding.allBut(family.sliding().period(), nLayers);
            case FIVE_OF_SIX -> Sliding.allBut(pattern(), nLayers);
        };
    }

    private BitSet listed(JsonNode types, int nLayers) {
        if (!types.isArray() || types.size() != nLayers) {
            throw Refusal.broken(file(), "key layer_types does not list " + nLayers + " layers");
        }
        BitSet sliding = new BitSet();
        for (int layer = 0; layer < nLayers; layer++) {
            String type = types.path(layer).asText();
            if (!type.equals(HfRope.FULL) && !type.equals(HfRope.SLIDING)) {
                throw Refusal.unsupported(file(), "key layer_types has " + type + ", which is not implemented");
            }
            sliding.set(layer, type.equals(HfRope.SLIDING));
        }
        return sliding;
    }

    /** Qwen: blocks slide from max_window_layers on, if at all; 0 is a sensible value of that key. */
    private int firstWindowLayer(int nLayers) {
        if (!keys.flag("use_sliding_window").orElse(false)
                || size(Setting.WINDOW).isEmpty()) {
            return nLayers;
        }
        double first = keys.real("max_window_layers").orElse(DEFAULT_MAX_WINDOW_LAYERS);
        return (int) Math.max(0, Math.min(first, nLayers));
    }

    /** The key with the underscore is written by the library, which then ignores it. */
    private int pattern() {
        Optional<Integer> pattern = keys.size(PATTERN);
        if (pattern.isEmpty() && keys.size("_" + PATTERN).orElse(DEFAULT_PATTERN) != DEFAULT_PATTERN) {
            throw Refusal.unsupported(file(), "key _" + PATTERN + " without layer_types is not implemented");
        }
        return pattern.orElse(DEFAULT_PATTERN);
    }
}
