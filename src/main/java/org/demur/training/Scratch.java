package org.demur.training;

import java.io.File;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.spark.SparkEnv;

/** Where a task may put large temporary files. */
final class Scratch {
    private Scratch() {}

    /** The first folder of {@code spark.local.dir}, or that of the system outside of Spark. */
    static Path folder() {
        return Optional.ofNullable(SparkEnv.get())
                .map(spark -> spark.blockManager().diskBlockManager().localDirs())
                .filter(folders -> folders.length > 0)
                .map(folders -> folders[0])
                .map(File::toPath)
                .orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir")));
    }
}
