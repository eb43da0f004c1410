package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.demur.JobException;
import org.demur.model.ModelBundle;
import org.demur.model.NamedTensor;
import org.demur.model.SafetensorsWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is refused only when weights are read. */
class LoadingTest {
    private static final String CONFIG =
            """
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8, "num_hidden_layers": 1,
             "num_attention_heads": 2, "num_key_value_heads": 1, "intermediate_size": 12, "vocab_size": 5,
             "rms_norm_eps": 1e-5, "hidden_act": "silu", "max_position_embeddings": 16, "tie_word_embeddings": true}
            """;

    @TempDir
    private Path folder;

    @Test
    void aWeightThatIsNoNumberIsRefusedByName() throws IOException {
        Files.writeString(folder.resolve("config.json"), CONFIG);
        for (float weight : new float[] {0.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
            SafetensorsWriter.write(folder.resolve("model.safetensors"), Map.of(), tensors(weight));
            for (Placement.Weights kept : Placement.Weights.values()) {
                try (ModelBundle bundle = ModelBundle.open(folder)) {
                    if (Float.isFinite(weight)) {
                        load(bundle, kept).close();
                    } else {
                        assertThatThrownBy(() -> load(bundle, kept))
                                .isInstanceOf(JobException.class)
                                .hasMessageContaining("DOWN of block 0")
                                .hasMessageContaining("not a finite number");
                    }
                    assertThat(bundle.config().nLayers()).isOne();
                }
            }
        }
    }

    private static LanguageModel load(ModelBundle bundle, Placement.Weights kept) {
        return LanguageModel.load(bundle, Placement.cpu(kept), MemoryBudget.STANDARD);
    }

    private static List<NamedTensor> tensors(float lastOfDown) {
        String block = "model.layers.0.";
        List<NamedTensor> tensors = new ArrayList<>();
        tensors.add(ones("model.embed_tokens.weight", 5, 8));
        tensors.add(ones("model.norm.weight", 8));
        tensors.add(ones(block + "input_layernorm.weight", 8));
        tensors.add(ones(block + "post_attention_layernorm.weight", 8));
        tensors.add(ones(block + "self_attn.q_proj.weight", 8, 8));
        tensors.add(ones(block + "self_attn.k_proj.weight", 4, 8));
        tensors.add(ones(block + "self_attn.v_proj.weight", 4, 8));
        tensors.add(ones(block + "self_attn.o_proj.weight", 8, 8));
        tensors.add(ones(block + "mlp.gate_proj.weight", 12, 8));
        tensors.add(ones(block + "mlp.up_proj.weight", 12, 8));
        float[] down = new float[96];
        down[95] = lastOfDown;
        tensors.add(NamedTensor.f32(block + "mlp.down_proj.weight", new long[] {8, 12}, down));
        return tensors;
    }

    private static NamedTensor ones(String name, long... shape) {
        int count = 1;
        for (long extent : shape) {
            count *= (int) extent;
        }
        float[] values = new float[count];
        java.util.Arrays.fill(values, 1);
        return NamedTensor.f32(name, shape, values);
    }
}
