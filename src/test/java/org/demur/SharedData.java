package org.demur;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files outside the repository that tests tagged {@code shared} compare with. */
public final class SharedData {
    private SharedData() {}

    /** A file below the folder named by the system property {@code demur.shared}; fails when it is missing. */
    public static Path path(String first, String... more) {
        Path root = Path.of(System.getProperty("demur.shared", "../shared"));
        Path path = root.resolve(Path.of(first, more));
        if (!Files.exists(path)) {
            throw new IllegalStateException("Missing shared test data " + path + "; set -Ddemur.shared=DIR");
        }
        return path;
    }
}
