package org.demur.sae.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A format whose dictionaries are single files named after their layer. */
record SingleFile(Pattern name) {
    boolean isAt(Path path) {
        return Files.isRegularFile(path)
                ? name.matcher(path.getFileName().toString()).matches()
                : Files.isDirectory(path) && !inside(path).isEmpty();
    }

    /** The file at a path, which is it or the folder of it alone. */
    Path file(Path path) {
        if (!Files.isDirectory(path)) {
            return path;
        }
        List<Path> files = inside(path);
        if (files.size() != 1) {
            throw FormatRefusal.missing(path, "holds " + files.size() + " dictionaries; name one of its files");
        }
        return files.get(0);
    }

    /** The number in the file's name; -1 without one. */
    int layer(Path file) {
        Matcher matcher = name.matcher(file.getFileName().toString());
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
    }

    private List<Path> inside(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(
                            file -> name.matcher(file.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw FormatRefusal.missing(folder, "cannot be listed (" + e.getMessage() + ")");
        }
    }
}
