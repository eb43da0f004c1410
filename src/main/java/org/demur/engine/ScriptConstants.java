package org.demur.engine;

import java.util.Map;
import java.util.TreeMap;
import org.demur.model.AttentionSpec;
import org.demur.model.MlpSpec;
import org.demur.model.ModelConfig;
import org.demur.model.NormSpec;

/** What the transformer's source text says about one model: the values of its ${NAME} places. */
final class ScriptConstants {
    /** libtorch's number of the type. */
    private static final int FLOAT32 = 6;

    private static final int BFLOAT16 = 15;

    private ScriptConstants() {}

    /** Rows up to which a product takes them as its narrow side; measured on CPUs with AVX-512. */
    private static final int FEW_ROWS = 64;

    /**
     * The values.
     *
     * @param oneDnn whether products run on oneDNN, which knows no gradients
     */
    static Map<String, String> of(ModelConfig config, Placement placement, boolean oneDnn) {
        Map<String, String> text = new TreeMap<>();
        numbers(config, placement).forEach((name, number) -> text.put(name, number.toString()));
        text.put("ONE_DNN", oneDnn ? "True" : "False");
        choices(config, placement).forEach((name, chosen) -> text.put(name, chosen ? "True" : "False"));
        return text;
    }

    private static Map<String, Number> numbers(ModelConfig config, Placement placement) {
        AttentionSpec attention = config.attention();
        int heads = attention.heads();
        int keyHeads = attention.kvHeads();
        int width = attention.headDim();
        return Map.ofEntries(
                Map.entry("EPS", config.norm().eps()),
                Map.entry("EMBEDDING_SCALE", config.embeddingScale()),
                Map.entry("HD", width),
                Map.entry("R", attention.rotaryDims()),
                Map.entry("R_HALF", attention.rotaryDims() / 2),
                Map.entry("H", heads),
                Map.entry("KV", keyHeads),
                Map.entry("G", heads / keyHeads),
                Map.entry("QK_HEADS", heads + keyHeads),
                Map.entry("QK_WIDTH", (heads + keyHeads) * width),
                Map.entry("KV_WIDTH", keyHeads * width),
                Map.entry("Q_WIDTH", heads * width),
                Map.entry("SCALE", attention.scale()),
                Map.entry("ATTENTION_SOFTCAP", attention.softcap().orElse(1)),
                Map.entry("LOGIT_SOFTCAP", config.logitSoftcap().orElse(1)),
                Map.entry("FF", config.mlp().width()),
                Map.entry("FEW_ROWS", FEW_ROWS),
                Map.entry("FLOAT32", FLOAT32),
                Map.entry("BFLOAT16", BFLOAT16),
                Map.entry("WEIGHT_TYPE", placement.weights() == Placement.Weights.BF16 ? BFLOAT16 : FLOAT32));
    }

    private static Map<String, Boolean> choices(ModelConfig config, Placement placement) {
        AttentionSpec attention = config.attention();
        return Map.of(
                "LAYER_NORM",
                config.norm().kind() == NormSpec.Kind.LAYER,
                "PARTIAL_ROTARY",
                attention.rotaryDims() < attention.headDim(),
                "SOFTCAPPED",
                attention.softcap().isPresent(),
                "LOGITS_SOFTCAPPED",
                config.logitSoftcap().isPresent(),
                "SILU",
                config.mlp().activation() == MlpSpec.Activation.SILU,
                "GELU_TANH",
                config.mlp().activation() == MlpSpec.Activation.GELU_TANH,
                "GATED",
                config.mlp().gated(),
                "NARROW_PRODUCTS",
                placement.narrowProducts());
    }
}
