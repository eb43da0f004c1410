package org.demur.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.TreeSet;

/** Writes a config.json for models that come without one: the settings that all families of Llama's kind share. */
final class HfConfigText {
    private HfConfigText() {}

    static ObjectNode of(ModelBundle source, Architecture family) {
        ModelConfig config = source.config();
        AttentionSpec attention = config.attention();
        ObjectNode json = StrictJson.mapper().createObjectNode();
        json.putArray("architectures").add(family.names().hfClass());
        json.put("model_type", family.names().hfModelType());
        json.put("hidden_size", config.dModel());
        json.put("num_hidden_layers", config.nLayers());
        json.put("intermediate_size", config.mlp().width());
        json.put("num_attention_heads", attention.heads());
        json.put("num_key_value_heads", attention.kvHeads());
        json.put("head_dim", attention.headDim());
        json.put(HfActivation.HIDDEN_ACT, "silu");
        json.put("rms_norm_eps", config.norm().eps());
        json.put("vocab_size", config.vocabSize());
        json.put("max_position_embeddings", config.maxPositions());
        json.put("rope_theta", config.layers().get(0).rope().theta());
        if (attention.outputBias()) {
            json.put("attention_bias", true);
        }
        source.special().bos().ifPresent(id -> json.put("bos_token_id", id));
        json.set(
                "eos_token_id",
                HfFolderWriter.ids(new TreeSet<>(source.special().turnEnds())));
        json.put("torch_dtype", "float32");
        return json;
    }
}
