package org.demur.intervention;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.demur.cells.Cell;
import org.demur.cells.PromptShard;
import org.demur.config.CanonicalJson;
import org.demur.table.Sha256;

/**
 * A cell on a shard of its prompts. Its rows go to a file of their own, renamed into place when
 * complete, so a sweep that was stopped goes on where it was.
 */
record SweepPart(Cell cell, PromptShard shard) implements Serializable {

    /** The part's file below the sweep's scratch folder. */
    Path file(Path scratch) {
        byte[] digest = Sha256.of(cell.cellId().getBytes(StandardCharsets.UTF_8));
        return scratch.resolve(HexFormat.of().formatHex(digest, 0, 8) + "-" + shard.index() + ".jsonl");
    }

    boolean isDone(Path scratch) {
        return Files.exists(file(scratch));
    }

    /** Writes the rows; a second attempt replaces the file with the same content. */
    void write(Path scratch, List<CompletionRow> rows) {
        Path target = file(scratch);
        Path unfinished = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        String lines = rows.stream().map(CanonicalJson::of).collect(Collectors.joining("\n", "", "\n"));
        try {
            Files.writeString(unfinished, lines);
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + target, e);
        }
    }
}
