package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;

/** Attention of each row's newest token to the row's cache, which it joins. */
final class DecodeAttention implements BlockStack.Attention {
    private final LanguageModel model;
    private final ScriptCalls calls;
    private final PassInputs inputs;
    private final PtNDArray slots;
    private final KeysValues caches;

    DecodeAttention(LanguageModel model, ScriptCalls calls, PassInputs inputs, PtNDArray slots, KeysValues caches) {
        this.model = model;
        this.calls = calls;
        this.inputs = inputs;
        this.slots = slots;
        this.caches = caches;
    }

    @Override
    public PtNDArray of(PtNDArray x_BD, int layer, boolean added) {
        PassInputs.Kind kind = inputs.of(layer);
        return calls.one(
                added ? "decode_attention_mid" : "decode_attention",
                model.weights().blocks().get(layer).attention(),
                x_BD,
                kind.cos(),
                kind.sin(),
                kind.mask(),
                inputs.querySlots(),
                slots,
                caches.keys().get(layer),
                caches.values().get(layer));
    }
}
