package org.demur.intervention;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import org.demur.cells.Cell;
import org.demur.cells.PartFile;
import org.demur.cells.PromptShard;

/** A cell on a shard of its prompts. Its rows go to a file of their own. */
record SweepPart(Cell cell, PromptShard shard) implements Serializable {

    /** The part's file below the sweep's scratch folder. */
    Path file(Path scratch) {
        return finished(scratch).path();
    }

    boolean isDone(Path scratch) {
        return finished(scratch).isDone();
    }

    void write(Path scratch, List<CompletionRow> rows) {
        finished(scratch).write(rows);
    }

    private PartFile finished(Path scratch) {
        return PartFile.of(scratch, cell.cellId(), shard.index());
    }
}
