package org.demur.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Settings of the native tensor library. The number of threads decides how sums are split, and the maths library's
 * reproducible mode fixes the order inside, so both are the same in every process of a study.
 */
public final class NativeSettings {
    private static final String THREADS = "ai.djl.pytorch.num_threads";
    private static final String CACHE = "DJL_CACHE_DIR";

    private NativeSettings() {}

    /** Applies the settings to this process; must come before the library is loaded. */
    public static void apply(int nativeThreads) {
        System.setProperty(THREADS, Integer.toString(nativeThreads));
        System.setProperty("ai.djl.offline", "true");
    }

    /** Options for the command line of another Java process. */
    static List<String> javaOptions(int nativeThreads) {
        List<String> options = new ArrayList<>();
        options.add("-D" + THREADS + "=" + nativeThreads);
        options.add("-Dai.djl.offline=true");
        String cache = System.getProperty(CACHE, System.getenv(CACHE));
        if (cache != null) {
            options.add("-D" + CACHE + "=" + cache);
        }
        return options;
    }

    /** Environment for another process. */
    static Map<String, String> environment(int nativeThreads) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("OMP_NUM_THREADS", Integer.toString(nativeThreads));
        environment.put("OMP_WAIT_POLICY", "PASSIVE");
        environment.put("MKL_CBWR", "AUTO,STRICT");
        // Freed tensors are kept for the next ones: returning pages and taking them again costs a tenth of the time.
        environment.put("MALLOC_ARENA_MAX", "1");
        environment.put("MALLOC_MMAP_THRESHOLD_", "1073741824");
        environment.put("MALLOC_TRIM_THRESHOLD_", "2147483647");
        return environment;
    }
}
