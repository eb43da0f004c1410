package org.demur.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.demur.JobException;
import org.demur.schema.VectorDtype;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardPiecesTest {
    @TempDir
    Path folder;

    private RowIndex index;

    @BeforeEach
    void writeFiles() {
        index = IndexScan.of(ActivationFiles.input(
                ActivationFiles.write(folder.resolve("a.parquet"), ActivationFiles.rows(), VectorDtype.BF16)));
    }

    private List<List<Piece>> pieces(int shards, long seed) {
        return ShardPieces.of(index, new MinibatchPlan(index.rows(), shards, shards, 1), seed);
    }

    @Test
    void shardsHaveEquallyManyRowsAndNoneInCommon() {
        for (int shards : new int[] {1, 2, 7, 40}) {
            List<List<Piece>> pieces = pieces(shards, 3);
            assertThat(pieces).allSatisfy(shard -> assertThat(
                            shard.stream().mapToInt(Piece::rows).sum())
                    .isEqualTo(index.rows() / shards));
            assertThat(pieces.stream()
                            .flatMap(List::stream)
                            .flatMapToInt(piece -> IntStream.range(piece.from(), piece.to()))
                            .distinct()
                            .count())
                    .isEqualTo(index.rows() / shards * (long) shards);
        }
    }

    @Test
    void onlyUnitsOnTheBordersAreCut() {
        List<Piece> pieces = pieces(4, 3).stream().flatMap(List::stream).toList();
        assertThat(pieces.size()).isBetween(index.units(), index.units() + 3);
        assertThat(pieces)
                .allSatisfy(piece -> assertThat(piece.from()).isGreaterThanOrEqualTo(index.firstRow(piece.unit())))
                .allSatisfy(piece -> assertThat(piece.to()).isLessThanOrEqualTo(index.firstRow(piece.unit() + 1)));
    }

    @Test
    void theSeedDealsThem() {
        assertThat(pieces(4, 3)).isEqualTo(pieces(4, 3)).isNotEqualTo(pieces(4, 4));
    }

    @Test
    void unitsAreRangesOfRanks() {
        for (int prompt = 0; prompt < index.prompts(); prompt++) {
            assertThat(index.unitOfPrompt(prompt)).isEqualTo(ActivationFiles.unit(prompt));
            assertThat(index.promptRows(prompt)).isEqualTo(ActivationFiles.length(prompt) - 1);
        }
        assertThat(index.firstRow(index.units())).isEqualTo(index.rows());
    }

    @Test
    void refusesRowsThatFillNoMinibatch() {
        assertThatThrownBy(() -> new MinibatchPlan(99, 4, 400, 4))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("99 training rows")
                .hasMessageContaining("train.batch-rows");
        assertThat(new MinibatchPlan(100, 4, 400, 4).steps()).isEqualTo(1);
    }

    @Test
    void minibatchesGoOnFromOnePassToTheNext() {
        MinibatchPlan plan = new MinibatchPlan(1003, 4, 100, 3);
        assertThat(plan.shardRows()).isEqualTo(250);
        assertThat(plan.steps()).isEqualTo(30);
        assertThat(plan.epoch(9)).isZero();
        assertThat(plan.epoch(10)).isEqualTo(1);
        assertThat(plan.unusedRows()).isEqualTo(9);
        assertThat(new MinibatchPlan(1003, 4, 400, 3).steps()).isEqualTo(7);
    }
}
