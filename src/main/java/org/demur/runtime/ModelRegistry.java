package org.demur.runtime;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.engine.LanguageModel;
import org.demur.engine.ModelSpec;
import org.demur.engine.Placement;
import org.demur.model.ModelBundle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of this Java process. A model is loaded once, at the first request, and kept: a loader inside a Spark
 * closure would load once per task.
 */
public final class ModelRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(ModelRegistry.class);
    private static final Map<Key, LanguageModel> MODELS = new HashMap<>();
    private static final AtomicLong LOADS = new AtomicLong();

    private ModelRegistry() {}

    private record Key(String digest, Placement placement) {}

    /** The one instance of this process; concurrent tasks may share it. Fails with MISMATCH when the files differ. */
    public static synchronized LanguageModel model(ModelSpec spec) {
        Key key = new Key(spec.digest(), TaskDevice.of(spec.compute()));
        LanguageModel loaded = MODELS.get(key);
        if (loaded == null) {
            loaded = load(spec, key.placement);
            MODELS.put(key, loaded);
        }
        return loaded;
    }

    /** How often this process loaded a model. */
    public static long loads() {
        return LOADS.get();
    }

    private static LanguageModel load(ModelSpec spec, Placement placement) {
        NativeSettings.apply(spec.compute().nativeThreads());
        long started = System.nanoTime();
        try (ModelBundle bundle = ModelSource.open(spec.path(), spec.adapters())) {
            if (!bundle.digest().equals(spec.digest())) {
                throw new JobException(
                        ExitCode.MISMATCH,
                        "Model " + spec.path() + " has digest " + bundle.digest() + ", the study was planned with "
                                + spec.digest(),
                        "the file changed, or this executor has another file under the same path",
                        "put the same file on every machine and start again");
            }
            LanguageModel model =
                    LanguageModel.load(bundle, placement, spec.compute().batchMemory());
            // Reads the tokenizer's texts, which are out of reach once the bundle is closed.
            model.tokenizer();
            LOADS.incrementAndGet();
            LOG.info("model={} loaded seconds={}", bundle.name(), (System.nanoTime() - started) / 1_000_000_000.0);
            return model;
        }
    }
}
