package org.demur.cells;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Prompts that one task works on, of similar length so that batches hold little padding.
 *
 * @param index place among the shards, from 0
 */
public record PromptShard(int index, List<StudyPrompt> prompts) implements Serializable {

    /**
     * Splits prompts, ordered by length, set and id, into at most {@code shards} runs of about equal token counts. The
     * result depends on nothing but the prompts and the number.
     */
    public static List<PromptShard> split(List<StudyPrompt> prompts, int shards) {
        List<StudyPrompt> ordered = prompts.stream()
                .sorted(Comparator.comparingInt(StudyPrompt::length)
                        .thenComparing(StudyPrompt::setName)
                        .thenComparing(StudyPrompt::promptId))
                .toList();
        long total = ordered.stream().mapToLong(StudyPrompt::length).sum();
        List<PromptShard> result = new ArrayList<>();
        List<StudyPrompt> open = new ArrayList<>();
        long seen = 0;
        for (StudyPrompt prompt : ordered) {
            open.add(prompt);
            seen += prompt.length();
            if (seen * shards >= total * (result.size() + 1)) {
                result.add(new PromptShard(result.size(), List.copyOf(open)));
                open.clear();
            }
        }
        return result;
    }

    /** Splits prompts, ordered likewise, into runs of {@code size} prompts; the last may be shorter. */
    public static List<PromptShard> ofSize(List<StudyPrompt> prompts, int size) {
        List<StudyPrompt> ordered = prompts.stream()
                .sorted(Comparator.comparingInt(StudyPrompt::length)
                        .thenComparing(StudyPrompt::setName)
                        .thenComparing(StudyPrompt::promptId))
                .toList();
        List<PromptShard> result = new ArrayList<>();
        for (int from = 0; from < ordered.size(); from += size) {
            int to = Math.min(from + size, ordered.size());
            result.add(new PromptShard(result.size(), List.copyOf(ordered.subList(from, to))));
        }
        return result;
    }
}
