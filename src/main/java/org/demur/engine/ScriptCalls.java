package org.demur.engine;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.List;

/** How a pass calls the compiled transformer: with or without autograd. */
sealed interface ScriptCalls {
    /** A method without weights, with one result. */
    PtNDArray one(String method, PtNDArray... arguments);

    /** A method with weights, with one result. */
    PtNDArray one(String method, WeightList weights, PtNDArray... arguments);

    /** A method with weights, with several results. */
    NDList many(String method, WeightList weights, PtNDArray... arguments);

    /** Whether an input of a step may be freed once the step is done. */
    boolean freesInputs();

    /** Without autograd; results belong to {@code manager}. */
    record Inference(TorchScript script, PtNDManager manager) implements ScriptCalls {
        @Override
        public PtNDArray one(String method, PtNDArray... arguments) {
            return script.call(manager, method, arguments);
        }

        @Override
        public PtNDArray one(String method, WeightList weights, PtNDArray... arguments) {
            return script.call(manager, method, weights, arguments);
        }

        @Override
        public NDList many(String method, WeightList weights, PtNDArray... arguments) {
            return script.callTuple(manager, method, weights, arguments);
        }

        @Override
        public boolean freesInputs() {
            return true;
        }
    }

    /** Under autograd; results belong to the first argument's manager. */
    record Gradient(TorchScript script) implements ScriptCalls {
        @Override
        public PtNDArray one(String method, PtNDArray... arguments) {
            return (PtNDArray)
                    script.callWithGradient(method, List.of(), arguments).get(0);
        }

        @Override
        public PtNDArray one(String method, WeightList weights, PtNDArray... arguments) {
            return (PtNDArray) script.callWithGradient(method, weights.tensors(), arguments)
                    .get(0);
        }

        @Override
        public NDList many(String method, WeightList weights, PtNDArray... arguments) {
            return script.callWithGradient(method, weights.tensors(), arguments);
        }

        @Override
        public boolean freesInputs() {
            return false;
        }
    }
}
