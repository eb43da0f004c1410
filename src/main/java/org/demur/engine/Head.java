package org.demur.engine;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.ObjIntConsumer;

/** Final norm and unembedding, only at the rows wanted and never for more rows at once than the budget holds. */
final class Head {
    private final LanguageModel model;
    private final ScriptCalls calls;
    private final PtNDManager manager;

    Head(LanguageModel model, ScriptCalls calls, PtNDManager manager) {
        this.model = model;
        this.calls = calls;
        this.manager = manager;
    }

    /** Receives the logits [V] of one wanted row, by its number among the wanted. */
    interface LogitsSink {
        void accept(int number, float[] logits_V);
    }

    /** Hands over the logits at the given rows of x, one after another. */
    void eachLogits(PtNDArray x_ND, long[] rows, LogitsSink sink) {
        int vocabulary = model.config().vocabSize();
        eachPart(rows, (part, first) -> {
            try (PtNDArray index = TorchRuntime.longs(manager, part);
                    PtNDArray picked = calls.one("rows", x_ND, index);
                    PtNDArray logits = calls.one("logits", model.weights().head(), picked)) {
                FloatBuffer values = TorchRuntime.view(logits).asFloatBuffer();
                for (int b = 0; b < part.length; b++) {
                    float[] row = new float[vocabulary];
                    values.get(b * vocabulary, row);
                    sink.accept(first + b, row);
                }
            }
        });
    }

    /** -log p(targets[i] | row rows[i] of x). */
    float[] nll(PtNDArray x_ND, long[] rows, long[] targets) {
        float[] nll = new float[rows.length];
        eachPart(rows, (part, first) -> {
            try (PtNDArray index = TorchRuntime.longs(manager, part);
                    PtNDArray target =
                            TorchRuntime.longs(manager, Arrays.copyOfRange(targets, first, first + part.length));
                    PtNDArray picked = calls.one("rows", x_ND, index);
                    PtNDArray losses = calls.one("token_nll", model.weights().head(), picked, target)) {
                TorchRuntime.view(losses).asFloatBuffer().get(0, nll, first, part.length);
            }
        });
        return nll;
    }

    private void eachPart(long[] rows, ObjIntConsumer<long[]> work) {
        int most = model.logitRows();
        for (int first = 0; first < rows.length; first += most) {
            work.accept(Arrays.copyOfRange(rows, first, Math.min(rows.length, first + most)), first);
        }
    }
}
