package org.demur.engine;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;

/** How a pass calls the compiled transformer: with or without autograd. */
sealed interface ScriptCalls {
    /** A method with one result. */
    PtNDArray one(String method, PtNDArray... arguments);

    /** A method with several results. */
    NDList many(String method, PtNDArray... arguments);

    /** Whether an input of a step may be freed once the step is done. */
    boolean freesInputs();

    /** Without autograd; results belong to {@code manager}. */
    record Inference(TorchScript script, PtNDManager manager) implements ScriptCalls {
        @Override
        public PtNDArray one(String method, PtNDArray... arguments) {
            return script.call(manager, method, arguments);
        }

        @Override
        public NDList many(String method, PtNDArray... arguments) {
            return script.callTuple(manager, method, arguments);
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
            return (PtNDArray) script.callWithGradient(method, arguments).get(0);
        }

        @Override
        public NDList many(String method, PtNDArray... arguments) {
            return script.callWithGradient(method, arguments);
        }

        @Override
        public boolean freesInputs() {
            return false;
        }
    }
}
