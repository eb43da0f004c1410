package org.demur.engine;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.Optional;

/** Attention among the tokens of a packed batch of prompts, and to what came before them. */
final class PromptAttention implements BlockStack.Attention {
    private final LanguageModel model;
    private final ScriptCalls calls;
    private final PassInputs inputs;
    private final Past past;
    private final Optional<KeysValues> kept;
    private final PtNDArray noPast;

    /**
     * For one pass.
     *
     * @param kept receives keys and values of the pass's own tokens where wanted
     */
    PromptAttention(LanguageModel model, PtNDManager manager, ScriptCalls calls, PassInputs inputs, Tokens tokens) {
        this.model = model;
        this.calls = calls;
        this.inputs = inputs;
        this.past = tokens.past;
        this.kept = tokens.kept;
        this.noPast = TorchRuntime.allocate(
                manager,
                1,
                0,
                model.config().attention().kvHeads(),
                model.config().attention().headDim());
    }

    /**
     * Tokens beside those of the stream.
     *
     * @param past earlier ones
     * @param kept receives keys and values of the pass's own tokens where wanted
     */
    record Tokens(Past past, Optional<KeysValues> kept) {
        static Tokens ownOnly() {
            return new Tokens(Past.none(), Optional.empty());
        }
    }

    @Override
    public PtNDArray of(PtNDArray x_ND, int layer, boolean added) {
        PassInputs.Kind kind = inputs.of(layer);
        PtNDArray keys =
                past.isEmpty() ? noPast : past.chosen(past.stored().keys().get(layer), calls);
        PtNDArray values =
                past.isEmpty() ? noPast : past.chosen(past.stored().values().get(layer), calls);
        NDList result = calls.many(
                added ? "attention_mid" : "attention",
                model.weights().blocks().get(layer).attention(),
                x_ND,
                kind.cos(),
                kind.sin(),
                kind.mask(),
                inputs.querySlots(),
                inputs.tokenSlots(),
                keys,
                values);
        if (past.choice().isPresent() && calls.freesInputs()) {
            keys.close();
            values.close();
        }
        keep((PtNDArray) result.get(1), (PtNDArray) result.get(2), layer);
        return (PtNDArray) result.get(0);
    }

    private void keep(PtNDArray keys, PtNDArray values, int layer) {
        if (kept.isPresent()) {
            kept.get().keys().put(layer, keys);
            kept.get().values().put(layer, values);
        } else if (calls.freesInputs()) {
            keys.close();
            values.close();
        }
    }
}
