package org.demur.model;

import java.util.OptionalDouble;
import org.demur.model.Architecture.Trait;

/** Makes the configuration of a model from what its files say and what its family is like. */
final class ConfigAssembly {
    private final Architecture family;
    private final ConfigSource source;

    private ConfigAssembly(Architecture family, ConfigSource source) {
        this.family = family;
        this.source = source;
    }

    static ModelConfig of(Architecture family, ConfigSource source) {
        return ConfigChecks.checked(source.file(), new ConfigAssembly(family, source).config());
    }

    private ModelConfig config() {
        int dModel = required(Setting.D_MODEL);
        int heads = required(Setting.HEADS);
        int headDim = source.size(Setting.HEAD_DIM).orElse(dModel / heads);
        ConfigSource.HeadSizes sizes = new ConfigSource.HeadSizes(
                dModel, ConfigChecks.blocks(source.file(), required(Setting.LAYERS)), heads, headDim);
        return new ModelConfig(
                family.names().hfModelType(),
                sizes.nLayers(),
                dModel,
                required(Setting.VOCABULARY),
                required(Setting.POSITIONS),
                norm(),
                attention(sizes),
                mlp(),
                family.has(Trait.LAYER_NORM) && source.parallel() ? BlockLayout.PARALLEL : BlockLayout.SEQUENTIAL,
                source.layers(sizes),
                // The reference rounds the factor to the type it computes in.
                family.has(Trait.SCALED_EMBEDDING) ? (float) Math.sqrt(dModel) : 1,
                source.real(Setting.LOGIT_SOFTCAP),
                source.tiedHead());
    }

    private NormSpec norm() {
        double eps = source.real(family.epsilon())
                .orElseThrow(() -> Refusal.broken(source.file(), missing(family.epsilon())));
        NormSpec.Kind kind = family.has(Trait.LAYER_NORM) ? NormSpec.Kind.LAYER : NormSpec.Kind.RMS;
        return new NormSpec(kind, eps, family.has(Trait.NORM_AFTER_SUBLAYERS));
    }

    private AttentionSpec attention(ConfigSource.HeadSizes sizes) {
        OptionalDouble softcap = source.real(Setting.ATTENTION_SOFTCAP);
        return new AttentionSpec(
                sizes.heads(),
                source.size(Setting.KV_HEADS).orElse(sizes.heads()),
                sizes.headDim(),
                source.rotaryDims(sizes),
                1 / Math.sqrt(source.queryScalar(sizes)),
                softcap,
                source.queryKeyValueBias(),
                source.outputBias(),
                family.has(Trait.QUERY_KEY_NORM));
    }

    private MlpSpec mlp() {
        return new MlpSpec(
                required(Setting.MLP_WIDTH),
                source.activation(),
                !family.has(Trait.UNGATED),
                family.has(Trait.LAYER_NORM));
    }

    private int required(Setting setting) {
        return source.size(setting).orElseThrow(() -> Refusal.broken(source.file(), missing(setting)));
    }

    private String missing(Setting setting) {
        return "key " + source.key(setting) + " is missing";
    }
}
