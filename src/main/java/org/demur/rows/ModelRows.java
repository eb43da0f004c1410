package org.demur.rows;

import java.util.BitSet;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.corpus.ResidualVector;
import org.demur.corpus.UnitForward;
import org.demur.edit.HookPoint;
import org.demur.runtime.ModelRegistry;

/**
 * Rows that are not kept anywhere: reading a piece runs its unit through the model, as the extract stage did, and rounds alike.
 * The norm that the extract stage wrote tells whether the model computes what it computed then.
 */
final class ModelRows implements RowStore {
    private static final double NORM_TOLERANCE = 1e-3;

    private final RowInput input;
    private final RowIndex index;
    private final RowFormat format;
    private final CorpusTokens tokens;
    private final UnitForward forward;

    private ModelRows(LayerRows rows, CorpusTokens tokens, UnitForward forward) {
        this.input = rows.input();
        this.index = rows.index();
        this.format = rows.format();
        this.tokens = tokens;
        this.forward = forward;
    }

    /**
     * Loads the model and the tokens of the units of some pieces. To be called by the thread of the Spark task, which knows its
     * device.
     */
    static ModelRows of(LayerRows rows, RowOrigin.Generated origin, List<Piece> pieces) {
        RowIndex index = rows.index();
        RowInput input = rows.input();
        BitSet prompts = new BitSet();
        pieces.forEach(piece -> prompts.set(index.firstPrompt(piece.unit()), index.firstPrompt(piece.unit() + 1)));
        SortedSet<HookPoint> points = new TreeSet<>(List.of(input.point()));
        return new ModelRows(
                rows,
                CorpusTokens.read(origin.promptFiles(), input.corpus().units(), prompts),
                new UnitForward(ModelRegistry.model(origin.model()), points, origin.maxTokens()));
    }

    @Override
    public void read(Piece piece, short[] words) {
        int first = index.firstPrompt(piece.unit());
        List<int[]> unit = IntStream.range(first, index.firstPrompt(piece.unit() + 1))
                .mapToObj(tokens::tokens)
                .toList();
        int[] next = {piece.from()};
        forward.run(unit, (prompt, point, vector) -> {
            int rank = next[0];
            if (rank < piece.to() && index.prompt(rank) == first + prompt && index.position(rank) == vector.t()) {
                check(rank, vector);
                format.read(vector.encoded(format.dtype()), words, (rank - piece.from()) * format.words());
                next[0]++;
            }
        });
        if (next[0] < piece.to()) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    "Forward pass " + piece.unit() + " of layer " + input.layer() + " gave no vector for position "
                            + index.position(next[0]) + " of prompt " + index.prompt(next[0]) + " of the corpus",
                    "the tables prompts and activations come from different runs",
                    "extract again");
        }
    }

    private void check(int rank, ResidualVector vector) {
        float norm = vector.norm();
        // Also refuses NaN.
        if (!(Math.abs(norm - index.norm(rank)) <= NORM_TOLERANCE * index.norm(rank))) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    "Layer " + input.layer() + " has the norm " + norm + " at position " + index.position(rank)
                            + " of prompt " + index.prompt(rank) + " of the corpus; it was extracted with "
                            + index.norm(rank),
                    "the model, or how this machine computes, is another than when the activations were extracted",
                    "extract again");
        }
    }

    @Override
    public void close() {
        // The process keeps the model.
    }
}
