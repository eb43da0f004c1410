package org.demur.model;

import java.util.Map;
import java.util.Optional;

/** Nonlinearities as config.json names them. */
final class HfActivation {
    static final String HIDDEN_ACTIVATION = "hidden_activation";
    static final String HIDDEN_ACT = "hidden_act";

    private static final Map<String, MlpSpec.Activation> NAMES = Map.of(
            "silu", MlpSpec.Activation.SILU,
            "swish", MlpSpec.Activation.SILU,
            "gelu", MlpSpec.Activation.GELU,
            "gelu_new", MlpSpec.Activation.GELU_TANH,
            "gelu_pytorch_tanh", MlpSpec.Activation.GELU_TANH);

    private HfActivation() {}

    static MlpSpec.Activation of(JsonKeys keys, Architecture family) {
        Optional<MlpSpec.Activation> act = keys.text(HIDDEN_ACT).map(name -> named(keys, HIDDEN_ACT, name));
        if (!family.hf().keys().contains(HIDDEN_ACTIVATION)) {
            return act.orElse(family.activation());
        }
        // Gemma files say gelu where the tanh approximation is meant; the library reads them so.
        Optional<MlpSpec.Activation> tanh =
                act.map(stated -> stated == MlpSpec.Activation.GELU ? MlpSpec.Activation.GELU_TANH : stated);
        MlpSpec.Activation activation = keys.text(HIDDEN_ACTIVATION)
                .map(name -> named(keys, HIDDEN_ACTIVATION, name))
                .or(() -> tanh)
                .orElse(family.activation());
        if (tanh.orElse(activation) != activation) {
            throw Refusal.unsupported(keys.file(), "keys hidden_act and hidden_activation contradict each other");
        }
        return activation;
    }

    private static MlpSpec.Activation named(JsonKeys keys, String key, String name) {
        MlpSpec.Activation activation = NAMES.get(name);
        if (activation == null) {
            throw Refusal.unsupported(keys.file(), key + " " + name + " is not implemented");
        }
        return activation;
    }
}
