package org.demur.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.demur.JobException;
import org.demur.schema.VectorDtype;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Minibatches of stored rows, from the heap and from a scratch file. */
class TrainingRowsTest {
    private static final int SHARDS = 3;
    private static final int BATCH = 24;
    private static final int EPOCHS = 3;
    private static final long BUDGET_BYTES = 1 << 20;

    @TempDir
    Path folder;

    private RowInput input;

    @BeforeEach
    void writeFiles() {
        List<ActivationFiles.Written> rows = new ArrayList<>(ActivationFiles.rows());
        Collections.shuffle(rows, new Random(7));
        int half = rows.size() / 2;
        input = ActivationFiles.input(
                ActivationFiles.write(folder.resolve("a.parquet"), rows.subList(0, half), VectorDtype.F32),
                ActivationFiles.write(folder.resolve("b.parquet"), rows.subList(half, rows.size()), VectorDtype.F32));
    }

    private static RowStorage storage(VectorDtype dtype, int window, RowStorage.Place place) {
        return new RowStorage(dtype, window, BUDGET_BYTES, place);
    }

    private RowRequest request(ShardRange shards, RowStorage storage) {
        return new RowRequest(input, new RowRequest.Batches(BATCH, SHARDS, EPOCHS), 99, shards, storage);
    }

    private TrainingRows open(ShardRange shards, RowStorage storage) {
        return TrainingRows.open(request(shards, storage), folder);
    }

    private static ShardRange allShards() {
        return new ShardRange(0, SHARDS);
    }

    /** Vectors by step, shard and row. */
    private static List<float[]> vectors(TrainingRows rows, int from, int shards) {
        List<float[]> vectors = new ArrayList<>();
        List<CollectedRows> sinks = sinks(shards);
        for (int step = from; step < rows.facts().steps(); step++) {
            rows.load(step, sinks);
            for (CollectedRows sink : sinks) {
                IntStream.range(0, sink.rows())
                        .forEach(row -> vectors.add(sink.row(row).clone()));
            }
        }
        return vectors;
    }

    private static List<CollectedRows> sinks(int shards) {
        return Stream.generate(() -> new CollectedRows(BATCH / SHARDS))
                .limit(shards)
                .toList();
    }

    private List<float[]> vectors(RowStorage storage, int from) {
        try (TrainingRows rows = open(allShards(), storage)) {
            return vectors(rows, from, SHARDS);
        }
    }

    private static void requireSame(List<float[]> one, List<float[]> two) {
        assertThat(one).hasSameSizeAs(two);
        for (int i = 0; i < one.size(); i++) {
            assertThat(one.get(i)).as("row %d", i).isEqualTo(two.get(i));
        }
    }

    @Test
    void everyRowComesOnceInEveryPass() {
        List<float[]> vectors = vectors(storage(VectorDtype.BF16, 60, RowStorage.Place.HEAP), 0);
        Map<String, Integer> times = new HashMap<>();
        vectors.forEach(x_D -> times.merge((int) x_D[0] + ":" + (int) x_D[1], 1, Integer::sum));
        int expected = ActivationFiles.rows().size() - ActivationFiles.PROMPTS;
        try (TrainingRows rows = open(allShards(), storage(VectorDtype.BF16, 60, RowStorage.Place.HEAP))) {
            assertThat(rows.facts().rows()).isEqualTo(expected);
            assertThat(rows.facts().leftOut().excluded()).isEqualTo(ActivationFiles.PROMPTS);
            assertThat(rows.facts().units()).isEqualTo(15);
            assertThat(rows.facts().meanNorm()).isEqualTo(10, within(1e-9));
        }
        assertThat(vectors).hasSize(expected / SHARDS * EPOCHS / (BATCH / SHARDS) * BATCH);
        assertThat(times.values()).allMatch(count -> count <= EPOCHS);
        assertThat(times.values().stream().filter(count -> count == EPOCHS).count())
                .isGreaterThanOrEqualTo(expected - SHARDS - BATCH);
    }

    @Test
    void vectorsAreTheOnesStoredRoundedToTheDtype() {
        List<float[]> exact = vectors(storage(VectorDtype.F32, 60, RowStorage.Place.HEAP), 0);
        List<float[]> rounded = vectors(storage(VectorDtype.BF16, 60, RowStorage.Place.HEAP), 0);
        Map<String, float[]> stored = new HashMap<>();
        ActivationFiles.rows().forEach(row -> stored.put(row.prompt() + ":" + row.position(), row.x_D()));
        for (int i = 0; i < exact.size(); i++) {
            float[] x_D = exact.get(i);
            assertThat(x_D).isEqualTo(stored.get((int) x_D[0] + ":" + (int) x_D[1]));
            for (int c = 0; c < x_D.length; c++) {
                assertThat(rounded.get(i)[c]).isEqualTo(CollectedRows.rounded(x_D[c]));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theScratchFileGivesTheRowsOfTheHeap(VectorDtype dtype) throws IOException {
        for (int window : new int[] {3, 60, RowStorage.AUTO}) {
            requireSame(
                    vectors(storage(dtype, window, RowStorage.Place.SPILL), 0),
                    vectors(storage(dtype, window, RowStorage.Place.HEAP), 0));
        }
        requireNothingLeft();
    }

    private void requireNothingLeft() throws IOException {
        assertThat(OpenRows.openStores()).isZero();
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.filter(file -> file.getFileName().toString().startsWith("demur-rows")))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "SPILL"})
    void canBeginAtAnyStep(RowStorage.Place place) {
        RowStorage storage = storage(VectorDtype.BF16, 60, place);
        List<float[]> whole = vectors(storage, 0);
        for (int step : new int[] {1, 7, 20, 40}) {
            requireSame(vectors(storage, step), whole.subList(step * BATCH, whole.size()));
        }
    }

    @Test
    void workersShareTheShardsOfOne() {
        RowStorage storage = storage(VectorDtype.BF16, 60, RowStorage.Place.SPILL);
        List<float[]> whole = vectors(storage, 0);
        int perShard = BATCH / SHARDS;
        for (int worker = 0; worker < 2; worker++) {
            ShardRange own = ShardRange.of(SHARDS, worker, 2);
            List<float[]> expected = new ArrayList<>();
            for (int step = 0; step < whole.size() / BATCH; step++) {
                expected.addAll(
                        whole.subList(step * BATCH + own.first() * perShard, step * BATCH + own.end() * perShard));
            }
            try (TrainingRows rows = open(own, storage)) {
                requireSame(vectors(rows, 0, own.size()), expected);
            }
        }
    }

    @Test
    void theSampleIsTheSameForAllAndHoldsEachRowOnce() {
        try (TrainingRows heap = open(allShards(), storage(VectorDtype.F32, 60, RowStorage.Place.HEAP));
                TrainingRows spill = open(new ShardRange(1, 2), storage(VectorDtype.F32, 6, RowStorage.Place.SPILL))) {
            assertThat(spill.sample().x_ND()).isEqualTo(heap.sample().x_ND());
            Set<String> names = new HashSet<>();
            for (int row = 0; row < heap.sample().rows(); row++) {
                float[] x_D = Arrays.copyOfRange(
                        heap.sample().x_ND(), row * ActivationFiles.WIDTH, (row + 1) * ActivationFiles.WIDTH);
                names.add((int) x_D[0] + ":" + (int) x_D[1]);
            }
            assertThat(names).hasSize(heap.facts().rows());
        }
    }

    @Test
    void viewsOfTheSameRowsShareOneStore() {
        RowStorage storage = storage(VectorDtype.BF16, 60, RowStorage.Place.SPILL);
        try (TrainingRows one = open(allShards(), storage);
                TrainingRows two = open(allShards(), storage)) {
            assertThat(OpenRows.openStores()).isEqualTo(1);
            one.load(0, sinks(SHARDS));
            one.close();
            two.load(5, sinks(SHARDS));
        }
        assertThat(OpenRows.openStores()).isZero();
    }

    @Test
    void viewsOfOtherOrdersShareItToo() {
        RowStorage storage = storage(VectorDtype.BF16, 60, RowStorage.Place.SPILL);
        RowRequest.Batches batches = new RowRequest.Batches(BATCH, SHARDS, EPOCHS);
        try (TrainingRows one = TrainingRows.open(new RowRequest(input, batches, 1, allShards(), storage), folder);
                TrainingRows two = TrainingRows.open(new RowRequest(input, batches, 2, allShards(), storage), folder)) {
            assertThat(OpenRows.openStores()).isEqualTo(1);
            assertThat(texts(vectors(one, 0, SHARDS))).isNotEqualTo(texts(vectors(two, 0, SHARDS)));
        }
    }

    private static List<String> texts(List<float[]> vectors) {
        return vectors.stream().map(Arrays::toString).toList();
    }

    @Test
    void stepsAscendByOne() {
        try (TrainingRows rows = open(allShards(), storage(VectorDtype.BF16, 60, RowStorage.Place.HEAP))) {
            rows.load(2, sinks(SHARDS));
            assertThatThrownBy(() -> rows.load(4, sinks(SHARDS)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("Step 4")
                    .hasMessageContaining("step 3 is next");
            assertThat(rows.wait_s()).isPositive();
        }
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        Files.delete(folder.resolve("b.parquet"));
        assertThatThrownBy(() -> open(allShards(), storage(VectorDtype.BF16, 60, RowStorage.Place.HEAP)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("b.parquet");
        assertThat(OpenRows.openStores()).isZero();
    }

    @Test
    void aFileThatIsCutOffIsNamed() throws IOException {
        Path file = folder.resolve("b.parquet");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        Files.deleteIfExists(folder.resolve(".b.parquet.crc"));
        assertThatThrownBy(() -> open(allShards(), storage(VectorDtype.BF16, 60, RowStorage.Place.HEAP)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("b.parquet")
                .hasMessageContaining("cut off");
    }

    private void rewrite(ActivationFiles.Written bad) {
        List<ActivationFiles.Written> rows = new ArrayList<>(ActivationFiles.rows());
        rows.set(5, bad);
        input = ActivationFiles.input(ActivationFiles.write(folder.resolve("c.parquet"), rows, VectorDtype.F32));
    }

    @Test
    void badVectorsAreNamedByFileAndRow() throws IOException {
        RowStorage storage = storage(VectorDtype.BF16, 60, RowStorage.Place.SPILL);
        rewrite(new ActivationFiles.Written(1, 2, 10, new float[ActivationFiles.WIDTH - 1]));
        assertThatThrownBy(() -> open(allShards(), storage))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Row 5 of ")
                .hasMessageContaining("c.parquet has a vector of 14 bytes, expected 16");
        float[] infinite = new float[ActivationFiles.WIDTH];
        infinite[3] = Float.NEGATIVE_INFINITY;
        rewrite(new ActivationFiles.Written(1, 2, 10, infinite));
        assertThatThrownBy(() -> open(allShards(), storage))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Row 5 of ")
                .hasMessageContaining("NaN or an infinity");
        rewrite(new ActivationFiles.Written(1, 2, Float.NaN, infinite));
        assertThatThrownBy(() -> open(allShards(), storage))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Row 5 of ")
                .hasMessageContaining("norm NaN");
        rewrite(new ActivationFiles.Written(1, 2, 10, new float[0]));
        assertThatThrownBy(() -> open(allShards(), storage))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Row 5 of ")
                .hasMessageContaining("has no vector");
        requireNothingLeft();
    }

    @Test
    void refusesFullPrecisionOfRoundedRows() {
        input = ActivationFiles.input(
                ActivationFiles.write(folder.resolve("c.parquet"), ActivationFiles.rows(), VectorDtype.BF16));
        assertThatThrownBy(() -> open(allShards(), storage(VectorDtype.F32, 60, RowStorage.Place.HEAP)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("train.row-dtype = f32")
                .hasMessageContaining("extract.dtype");
    }
}
