package org.demur.intervention;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.demur.cells.Cell;
import org.demur.cells.PartFile;
import org.demur.cells.StudyPrompt;

/**
 * The work of one task: several cells on the same prompts, which the engine reads once for all of them up to the first
 * layer that any of them edits. A batch that a stopped sweep left unfinished is made anew as a whole, so that no row
 * depends on where the sweep was stopped.
 *
 * @param number place in its wave, from 0
 * @param cost of the batch beside that of others, in token passes through the model
 */
record SweepBatch(int number, List<Cell> cells, List<StudyPrompt> prompts, long cost) implements Serializable {
    /** Copies the lists. */
    SweepBatch {
        cells = List.copyOf(cells);
        prompts = List.copyOf(prompts);
    }

    /** Answers of the batch. */
    int rows() {
        return cells.size() * prompts.size();
    }

    /** Where its finished rows are. */
    PartFile file(Path scratch) {
        String key = cells.stream().map(Cell::cellId).collect(Collectors.joining("\n"))
                + prompts.stream().map(StudyPrompt::promptId).collect(Collectors.joining("\n", "\n\n", ""));
        return PartFile.of(scratch, key, prompts.size());
    }
}
