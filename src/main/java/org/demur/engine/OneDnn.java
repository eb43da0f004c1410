package org.demur.engine;

import ai.djl.engine.EngineException;
import ai.djl.pytorch.engine.PtNDManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether this build of libtorch has oneDNN's products; those for some platforms do not. */
final class OneDnn {
    private static final Logger LOG = LoggerFactory.getLogger(OneDnn.class);

    private OneDnn() {}

    static boolean isAvailable(PtNDManager manager) {
        try {
            TorchScript.compile(manager, "onednn.torchscript", "OneDnn", TorchScript.Constants.none())
                    .close();
            return true;
        } catch (EngineException e) {
            LOG.info("libtorch has no oneDNN here; products use torch.linear");
            LOG.debug("reason", e);
            return false;
        }
    }
}
