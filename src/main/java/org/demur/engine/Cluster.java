package org.demur.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.demur.edit.HookPoint;

/**
 * Rows of a request that share work: the tokens that all of them begin with run once for each set of edits, and the blocks
 * below the first edit run once for each prompt.
 *
 * @param rows numbers of the rows in the request, in the order in which they should run
 * @param shared tokens that all rows begin with and that run once; 0 when it is not worth it or not right
 * @param fork where rows of one prompt begin to differ by their edits; absent when no block is worth sharing
 * @param families number of different sets of edits, with the empty one where rows need twins; that is the last then, unless
 *     requested rows are of it
 */
record Cluster(List<Row> rows, int shared, Optional<HookPoint> fork, int families) {
    /**
     * A row of the request.
     *
     * @param index its number there
     * @param prompt equal for rows of the same tokens
     * @param family equal for rows of the same edits
     * @param part requested, or run beside one that was
     */
    record Row(int index, TokenSequence sequence, int prompt, int family, Part part) {
        /** Why a row runs. */
        enum Part {
            /** It was requested. */
            REQUESTED,
            /** Another asks what it would be without edits. */
            TWIN
        }

        Row(int index, TokenSequence sequence, int prompt, int family) {
            this(index, sequence, prompt, family, Part.REQUESTED);
        }

        boolean isTwin() {
            return part == Part.TWIN;
        }

        /** The same tokens without edits, of the family that has none. */
        Row twin(int unedited) {
            TokenSequence plain =
                    new TokenSequence(sequence.tokenIds(), List.of(), sequence.classes(), sequence.seed());
            return new Row(index, plain, prompt, unedited, Part.TWIN);
        }

        int length() {
            return sequence.length();
        }

        /** Rows that run for this one at least while its prompt is read. */
        int places() {
            return sequence.twin() == TokenSequence.Twin.NONE ? 1 : 2;
        }
    }

    /** Families that no requested row is of. */
    private static final int NO_FAMILY = -1;

    /** The family without edits, if any row needs its twin. */
    int unedited() {
        for (Row row : rows) {
            if (row.sequence().edits().isEmpty()) {
                return row.family();
            }
        }
        return rows.stream().anyMatch(row -> row.places() > 1) ? families - 1 : NO_FAMILY;
    }

    /** A length of the regime that all rows are in. */
    int sequenceLength() {
        return rows.get(0).length();
    }

    /** The rows of each family, by the number of the family. */
    List<List<Row>> byFamily() {
        List<List<Row>> byFamily = new ArrayList<>();
        for (int family = 0; family < families; family++) {
            byFamily.add(new ArrayList<>());
        }
        rows.forEach(row -> byFamily.get(row.family()).add(row));
        for (Row row : rows) {
            if (row.places() > 1 && byFamily.get(unedited()).isEmpty()) {
                byFamily.get(unedited()).add(row.twin(unedited()));
            }
        }
        return byFamily;
    }

    /** Rows in order, cut so that no part has more own tokens than given, unless it is a single row. */
    List<List<Row>> parts(int maxTokens) {
        List<List<Row>> parts = new ArrayList<>();
        List<Row> part = new ArrayList<>();
        int tokens = 0;
        for (Row row : rows) {
            int own = row.places() * (row.length() - shared);
            if (!part.isEmpty() && tokens + own > maxTokens) {
                parts.add(part);
                part = new ArrayList<>();
                tokens = 0;
            }
            part.add(row);
            tokens += own;
        }
        parts.add(part);
        return parts;
    }
}
