package org.demur.engine;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;

/**
 * Room for what the blocks of a pass keep for the way back, taken once for all passes of a request: kept tensors between the
 * temporaries of the blocks would leave gaps that nothing fits into, and so would rooms of another size in every pass.
 */
final class KeptTensors {
    private final PtNDManager outer;
    private final TorchScript script;
    private final int blocks;
    private PtNDManager manager;
    private int capacity;
    private int rows;
    private boolean isPassing;
    private Room streams;
    private Room projections;
    private Room hidden;

    /**
     * Takes no memory yet.
     *
     * @param capacity tokens of the largest pass
     * @param blocks blocks that keep something, at most
     */
    KeptTensors(PtNDManager outer, TorchScript script, int capacity, int blocks) {
        this.outer = outer;
        this.script = script;
        this.capacity = capacity;
        this.blocks = blocks;
    }

    /** Tensors of one width, [slots capacity, width]; made when the first one comes. */
    private final class Room {
        private final int slots;
        private PtNDArray all;
        private int used;

        Room(int slots) {
            this.slots = slots;
        }

        PtNDArray moved(PtNDArray x_NW) {
            if (all == null) {
                Shape shape = new Shape((long) slots * capacity, x_NW.getShape().get(1));
                all = (PtNDArray) manager.create(shape, DataType.FLOAT32);
            }
            long from = (long) used++ * capacity;
            PtNDArray slot = JniUtils.slice(all, 0, from, from + rows, 1);
            script.call(manager, "fill", slot, x_NW).close();
            x_NW.close();
            return slot;
        }
    }

    /**
     * Begins a pass of so many tokens. After one that did not end, for want of memory it may be, room is taken anew and no larger
     * than this pass needs.
     */
    void begin(int tokens) {
        if (isPassing) {
            release();
            capacity = 0;
        }
        if (manager == null || tokens > capacity) {
            release();
            capacity = Math.max(capacity, tokens);
            manager = (PtNDManager) outer.newSubManager(outer.getDevice());
            streams = new Room(2 * blocks);
            projections = new Room(blocks);
            hidden = new Room(blocks);
        }
        isPassing = true;
        rows = tokens;
        streams.used = 0;
        projections.used = 0;
        hidden.used = 0;
    }

    /** Ends a pass; what it kept is no longer valid. */
    void end() {
        isPassing = false;
    }

    private void release() {
        if (manager != null) {
            manager.close();
            manager = null;
        }
    }

    /** Moves a stream here; two a block. */
    PtNDArray stream(PtNDArray x_ND) {
        return streams.moved(x_ND);
    }

    /** Moves the queries, keys and values of a block here. */
    PtNDArray projection(PtNDArray qkv) {
        return projections.moved(qkv);
    }

    /** Moves the hidden channels of a block here. */
    PtNDArray hidden(PtNDArray h) {
        return hidden.moved(h);
    }
}
