package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import org.demur.model.ModelConfig;

/** The index and mask tensors that every block of one packed pass shares. */
record PassInputs(PtNDArray cos, PtNDArray sin, PtNDArray mask, PtNDArray querySlots, PtNDArray tokenSlots) {

    static PassInputs of(PtNDManager manager, TokenLayout layout, ModelConfig config, RotaryTable rotary) {
        int[] positions = layout.positions();
        return new PassInputs(
                TorchRuntime.floats(
                        manager,
                        rotary.cos(positions),
                        positions.length,
                        1,
                        config.attention().headDim()),
                TorchRuntime.floats(
                        manager,
                        rotary.sin(positions),
                        positions.length,
                        1,
                        config.attention().headDim()),
                layout.causalMask(
                        manager, config.attention().heads() / config.attention().kvHeads()),
                TorchRuntime.longs(manager, layout.querySlots()),
                TorchRuntime.longs(manager, layout.tokenSlots()));
    }
}
