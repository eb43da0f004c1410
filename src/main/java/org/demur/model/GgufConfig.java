package org.demur.model;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/** The configuration in the metadata of a GGUF file. */
final class GgufConfig {
    /** The tensor with one rope divisor a pair. */
    static final String ROPE_DIVISORS = "rope_freqs.weight";

    private static final Set<String> READ = Set.of(
            "block_count",
            "embedding_length",
            "feed_forward_length",
            "vocab_size",
            "context_length",
            "attention.head_count",
            "attention.head_count_kv",
            "attention.key_length",
            "attention.value_length",
            "attention.layer_norm_rms_epsilon",
            "rope.dimension_count",
            "rope.freq_base",
            "rope.scale_linear",
            "rope.scaling.type",
            "rope.scaling.factor",
            "rope.scaling.original_context_length",
            "rope.scaling.finetuned",
            "tensor_data_layout");

    /** Keys that change nothing at these values. */
    private static final Map<String, Double> NEUTRAL = Map.of(
            "expert_count", 0.0,
            "expert_used_count", 0.0,
            "attention.sliding_window", 0.0,
            "attention.clamp_kqv", 0.0,
            "attention.max_alibi_bias", 0.0,
            "rope.scaling.attn_factor", 1.0,
            "logit_scale", 1.0,
            "embedding_scale", 1.0,
            "residual_scale", 1.0);

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final String prefix;

    private GgufConfig(GgufFile file, Architecture family) {
        this.file = file;
        this.metadata = file.metadata();
        this.prefix = family.ggufName() + ".";
    }

    static ModelConfig read(GgufFile file, Architecture family) {
        return new GgufConfig(file, family).config(family.hfModelType());
    }

    private ModelConfig config(String modelType) {
        refuseUnknownKeys();
        int dModel = positive("embedding_length");
        int nHeads = positive("attention.head_count");
        int headDim = optional("attention.key_length").orElse(dModel / nHeads);
        requireSame("attention.value_length", headDim);
        requireSame("rope.dimension_count", headDim);
        int vocabulary = metadata.value(prefix + "vocab_size").isPresent() ? positive("vocab_size") : embeddingRows();
        int nLayers = ConfigChecks.blocks(metadata.path(), positive("block_count"));
        boolean bias = file.names().contains(Architecture.GGUF_QUERY_BIAS);
        ModelConfig config = new ModelConfig(
                modelType,
                nLayers,
                dModel,
                vocabulary,
                positive("context_length"),
                new NormSpec(NormSpec.Kind.RMS, real("attention.layer_norm_rms_epsilon"), false),
                new AttentionSpec(
                        nHeads,
                        optional("attention.head_count_kv").orElse(nHeads),
                        headDim,
                        headDim,
                        1 / Math.sqrt(headDim),
                        OptionalDouble.empty(),
                        bias,
                        bias,
                        false),
                new MlpSpec(positive("feed_forward_length"), MlpSpec.Activation.SILU, true, false),
                BlockLayout.SEQUENTIAL,
                Collections.nCopies(nLayers, LayerAttention.full(new RopeSpec(ropeBase(), scaling(headDim)))),
                1,
                OptionalDouble.empty(),
                !file.names().contains(Architecture.GGUF_HEAD));
        return ConfigChecks.checked(metadata.path(), config);
    }

    private void refuseUnknownKeys() {
        for (String key : metadata.keys()) {
            if (!key.startsWith(prefix)) {
                continue;
            }
            String name = key.substring(prefix.length());
            if (name.equals("attention.causal") && metadata.flag(key).orElse(true)) {
                continue;
            }
            boolean neutral = NEUTRAL.containsKey(name) && metadata.real(key).orElse(-1) == NEUTRAL.get(name);
            if (!READ.contains(name) && !neutral) {
                throw Refusal.unsupported(metadata.path(), "key " + key + " is not implemented");
            }
        }
    }

    private RopeSpec.Scaling scaling(int headDim) {
        double factor = metadata.real(prefix + "rope.scale_linear").orElse(1);
        String type = metadata.text(prefix + "rope.scaling.type").orElse(factor == 1 ? "none" : "linear");
        RopeSpec.Scaling scaling =
                switch (type) {
                    case "none" -> new RopeSpec.None();
                    case "linear" ->
                        new RopeSpec.Linear(
                                metadata.real(prefix + "rope.scaling.factor").orElse(factor));
                    default ->
                        throw Refusal.unsupported(metadata.path(), "key " + prefix + "rope.scaling.type is " + type);
                };
        if (!file.names().contains(ROPE_DIVISORS)) {
            return scaling;
        }
        if (!(scaling instanceof RopeSpec.None)) {
            throw Refusal.unsupported(metadata.path(), "tensor " + ROPE_DIVISORS + " together with scaling " + type);
        }
        return new RopeSpec.Divisors(divisors(headDim));
    }

    private List<Double> divisors(int headDim) {
        TensorInfo info = file.info(ROPE_DIVISORS);
        if (info.elementCount() != headDim / 2) {
            throw Refusal.broken(metadata.path(), "tensor " + info + " is not one number a pair");
        }
        FloatBuffer floats = FloatBuffer.allocate(headDim / 2);
        file.readFloats(ROPE_DIVISORS, floats);
        List<Double> divisors = new ArrayList<>();
        for (float divisor : floats.array()) {
            divisors.add((double) divisor);
        }
        return divisors;
    }

    private double ropeBase() {
        return metadata.real(prefix + "rope.freq_base").orElse(10_000);
    }

    private int embeddingRows() {
        String name = "token_embd.weight";
        if (!file.names().contains(name)) {
            throw Refusal.broken(metadata.path(), "tensor " + name + " is missing");
        }
        return inRange("vocab_size", file.info(name).rows());
    }

    private void requireSame(String name, int value) {
        if (optional(name).orElse(value) != value) {
            throw Refusal.unsupported(
                    metadata.path(), "key " + prefix + name + " differs from the head width " + value);
        }
    }

    private double real(String name) {
        return metadata.real(prefix + name)
                .orElseThrow(() -> Refusal.broken(metadata.path(), "key " + prefix + name + " is missing"));
    }

    private int positive(String name) {
        return optional(name)
                .orElseThrow(() -> Refusal.broken(metadata.path(), "key " + prefix + name + " is missing"));
    }

    private Optional<Integer> optional(String name) {
        OptionalLong value = metadata.whole(prefix + name);
        return value.isPresent() ? Optional.of(inRange(name, value.getAsLong())) : Optional.empty();
    }

    private int inRange(String name, long value) {
        return ConfigChecks.size(metadata.path(), prefix + name, value);
    }
}
