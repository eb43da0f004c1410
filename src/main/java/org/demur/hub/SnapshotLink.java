package org.demur.hub;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Gives a blob its name in a snapshot: a relative link, or a copy on file systems that have none. */
final class SnapshotLink {
    private SnapshotLink() {}

    /** Puts {@code name} in place in one step; replaces a link that leads nowhere. */
    static void create(Path name, Path blob) {
        Path folder = name.getParent();
        // Whoever is interrupted leaves no half-written copy under the final name.
        Path temporary = folder.resolve("." + UUID.randomUUID() + ".tmp");
        try {
            Files.createDirectories(folder);
            linkOrCopy(temporary, folder.relativize(blob), blob);
            Files.move(temporary, name, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw HubFailure.disk(name, e);
        }
    }

    private static void linkOrCopy(Path link, Path target, Path blob) throws IOException {
        try {
            Files.createSymbolicLink(link, target);
        } catch (UnsupportedOperationException | FileSystemException e) {
            Files.copy(blob, link, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
