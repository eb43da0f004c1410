package org.demur.engine;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;

/**
 * Room for what the blocks of a pass keep for the way back, taken at once: kept tensors between the temporaries of the blocks
 * would leave gaps that nothing fits into, as large as themselves.
 */
final class KeptTensors {
    private final PtNDManager manager;
    private final ScriptCalls calls;
    private final int rows;
    private final int most;
    private final Room streams = new Room();
    private final Room projections = new Room();
    private final Room hidden = new Room();

    /**
     * @param rows tokens of the pass
     * @param blocks blocks that keep something, at most
     */
    KeptTensors(PtNDManager manager, ScriptCalls calls, int rows, int blocks) {
        this.manager = manager;
        this.calls = calls;
        this.rows = rows;
        this.most = blocks;
    }

    /** Tensors of one width, [most rows, width]; made when the first one comes. */
    private static final class Room {
        private PtNDArray all;
        private int used;
    }

    /** Moves a stream here; two a block. */
    PtNDArray stream(PtNDArray x_ND) {
        return moved(x_ND, streams, 2 * most);
    }

    /** Moves the queries, keys and values of a block here. */
    PtNDArray projection(PtNDArray qkv) {
        return moved(qkv, projections, most);
    }

    /** Moves the hidden channels of a block here. */
    PtNDArray hidden(PtNDArray h) {
        return moved(h, hidden, most);
    }

    private PtNDArray moved(PtNDArray x, Room room, int slots) {
        if (room.all == null) {
            Shape shape = new Shape((long) slots * rows, x.getShape().get(1));
            room.all = (PtNDArray) manager.create(shape, DataType.FLOAT32);
        }
        long from = (long) room.used++ * rows;
        PtNDArray slot = JniUtils.slice(room.all, 0, from, from + rows, 1);
        calls.one("fill", slot, x).close();
        x.close();
        return slot;
    }
}
