package org.demur.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.demur.edit.Edit;

/**
 * Cuts the sequences of a request into batches: those with the same edits together, so that a shared beginning is
 * computed once; similar lengths together; each batch below a bound.
 */
final class BatchPlan {
    /** Below this many tokens a group of equal edits is not worth a batch of its own. */
    private static final int SMALL_GROUP_TOKENS = 256;

    /** A shared beginning shorter than this costs more to share than to repeat. */
    private static final int MIN_SHARED_TOKENS = 8;

    /** Key and value slots that decode together; at d_model 576 and 30 blocks about 400 MB. */
    private static final int MAX_CACHE_SLOTS = 8192;

    private BatchPlan() {}

    /** Indices of the sequences of each batch; deterministic in the request. */
    static List<List<Integer>> byTokens(List<TokenSequence> sequences, int maxTokens) {
        return cut(sequences, (rows, tokens, longest) -> tokens <= maxTokens);
    }

    /** The same for decoding: bounded by rows, and by the slots of their caches, which are as long as the longest row. */
    static List<List<Integer>> byCaches(List<TokenSequence> sequences, int maxRows, int maxNewTokens) {
        return cut(
                sequences,
                (rows, tokens, longest) ->
                        rows <= maxRows && (long) rows * (longest + maxNewTokens) <= MAX_CACHE_SLOTS);
    }

    /** Whether so many rows of so many tokens, the longest of them so long, may go together. */
    private interface Bound {
        boolean admits(int rows, int tokens, int longest);
    }

    private static List<List<Integer>> cut(List<TokenSequence> sequences, Bound bound) {
        List<List<Integer>> batches = new ArrayList<>();
        for (List<Integer> group : groups(sequences)) {
            group.sort(Comparator.comparingInt((Integer i) -> sequences.get(i).length())
                    .thenComparing(i -> i));
            List<Integer> batch = new ArrayList<>();
            int tokens = 0;
            for (int i : group) {
                int length = sequences.get(i).length();
                // Lengths rise within a group, so the newest row is the longest.
                if (!batch.isEmpty() && !bound.admits(batch.size() + 1, tokens + length, length)) {
                    batches.add(batch);
                    batch = new ArrayList<>();
                    tokens = 0;
                }
                batch.add(i);
                tokens += length;
            }
            batches.add(batch);
        }
        return batches;
    }

    private static List<List<Integer>> groups(List<TokenSequence> sequences) {
        Map<List<Edit>, List<Integer>> byEdits = new LinkedHashMap<>();
        for (int i = 0; i < sequences.size(); i++) {
            byEdits.computeIfAbsent(sequences.get(i).edits(), edits -> new ArrayList<>())
                    .add(i);
        }
        List<List<Integer>> groups = new ArrayList<>();
        List<Integer> mixed = new ArrayList<>();
        for (List<Integer> group : byEdits.values()) {
            int tokens = group.stream().mapToInt(i -> sequences.get(i).length()).sum();
            if (tokens < SMALL_GROUP_TOKENS) {
                mixed.addAll(group);
            } else {
                groups.add(group);
            }
        }
        if (!mixed.isEmpty()) {
            groups.add(mixed);
        }
        return groups;
    }

    /**
     * Tokens that all sequences of a batch begin with and that may be computed once for all; 0 when sharing is not worth
     * it or not right.
     *
     * @param keep last tokens of each sequence that must stay its own
     */
    static int sharedTokens(List<TokenSequence> batch, int keep) {
        TokenSequence first = batch.get(0);
        boolean perToken = first.edits().stream().anyMatch(Edit.Interpolate.class::isInstance);
        if (batch.size() < 2 || perToken) {
            return 0;
        }
        int shared = Integer.MAX_VALUE;
        for (TokenSequence sequence : batch) {
            if (!sequence.edits().equals(first.edits())) {
                return 0;
            }
            int mismatch = java.util.Arrays.mismatch(first.tokenIds(), sequence.tokenIds());
            int equal = mismatch < 0 ? sequence.length() : mismatch;
            shared = Math.min(shared, Math.min(equal, sequence.length() - keep));
        }
        return shared < MIN_SHARED_TOKENS ? 0 : shared;
    }
}
