package org.demur.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.demur.schema.VectorDtype;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders of which it is known how well they mix. */
class MixingMeterTest {
    private static final int BATCH = 40;

    @TempDir
    Path folder;

    private RowIndex index;
    private int[] ranks;

    @BeforeEach
    void writeFiles() {
        index = IndexScan.of(ActivationFiles.input(
                ActivationFiles.write(folder.resolve("a.parquet"), ActivationFiles.rows(), VectorDtype.BF16)));
        ranks = IntStream.range(0, index.rows()).toArray();
    }

    private MixingFigures measure(int[] order) {
        MixingMeter meter = new MixingMeter(index, List.of(new Piece(0, 0, index.rows())), BATCH);
        MixingMeans means = new MixingMeans();
        for (int from = 0; from + BATCH <= order.length; from += BATCH) {
            means.add(meter.measure(
                    IntStream.range(from, from + BATCH).map(i -> order[i]).toArray()));
        }
        return means.figures();
    }

    private int[] shuffled(long seed) {
        int[] order = ranks.clone();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }

    @Test
    void theOrderOfTheTableMixesBadly() {
        MixingFigures figures = measure(ranks);
        assertThat(figures.batches()).isEqualTo(ranks.length / BATCH);
        assertThat(figures.prompts()).isLessThan(0.25);
        assertThat(figures.units()).isLessThan(0.3);
        assertThat(figures.entropy()).isLessThan(0.5);
    }

    @Test
    void uniformPermutationsAreTheMeasure() {
        for (long seed = 0; seed < 5; seed++) {
            MixingFigures figures = measure(shuffled(seed));
            assertThat(figures.prompts()).isEqualTo(1, within(0.05));
            assertThat(figures.units()).isEqualTo(1, within(0.05));
            assertThat(figures.entropy()).isEqualTo(1, within(0.05));
            assertThat(figures.lag()).isEqualTo(0, within(0.15));
        }
    }

    @Test
    void promptsThatStayShowInTheLag() {
        int[] half = IntStream.of(ranks).limit(ranks.length / 2).toArray();
        int[] late = IntStream.of(ranks).skip(ranks.length / 2).toArray();
        int[] order = IntStream.concat(
                        IntStream.of(half).map(rank -> half[(int) (rank * 7919L % half.length)]),
                        IntStream.of(half).map(i -> late[(int) (i * 7919L % late.length)]))
                .toArray();
        assertThat(measure(order).lag()).isGreaterThan(0.3);
    }
}
