package org.demur.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
    @TempDir
    Path folder;

    @Test
    void aTornLineIsLeftOutAndNotGluedToLaterOnes() throws IOException {
        Journal journal = new Journal(folder);
        append(journal, "one");
        List<Path> files;
        try (var listed = Files.list(folder)) {
            files = listed.toList();
        }
        Files.writeString(files.get(0), "tw", StandardOpenOption.APPEND);
        append(journal, "three");
        assertThat(journal.lines()).containsExactlyInAnyOrder("one", "three");
    }

    @Test
    void anEmptyFolderHasNoLines() {
        assertThat(new Journal(folder).lines()).isEmpty();
    }

    private static void append(Journal journal, String line) {
        try (Journal.Writer writer = journal.open()) {
            writer.append(line);
        }
    }
}
