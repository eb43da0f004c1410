package org.demur.direction;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;
import org.demur.cells.PromptShard;
import org.demur.cells.StudyPrompt;

/** Prompts of one side that one task reads. */
record SideShard(Side side, PromptShard shard) implements Serializable {

    /** Both sides cut into about {@code shards} tasks together. */
    static List<SideShard> split(List<StudyPrompt> harmful, List<StudyPrompt> harmless, int shards) {
        int perSide = Math.max(1, shards / 2);
        return Stream.concat(
                        PromptShard.split(harmful, perSide).stream().map(shard -> new SideShard(Side.HARMFUL, shard)),
                        PromptShard.split(harmless, perSide).stream().map(shard -> new SideShard(Side.HARMLESS, shard)))
                .toList();
    }
}
