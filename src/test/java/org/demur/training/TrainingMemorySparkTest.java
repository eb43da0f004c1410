package org.demur.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.demur.JobException;
import org.demur.TestSpark;
import org.demur.schema.Table;
import org.demur.schema.VectorDtype;
import org.demur.study.ChildProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Training, from the first row to the published dictionary, gets along with the memory that the defaults of the job file state. The heap
 * has room for the parameters and for little more, and what lies outside is measured against a dictionary of a few features, whose
 * process has the same buffers.
 */
@Tag("cluster")
@EnabledOnOs(OS.LINUX)
class TrainingMemorySparkTest {
    private static final int PROMPTS = 20;
    private static final int POSITIONS = 33;
    private static final int FEATURES = 24_576;
    private static final int FEW = 256;
    private static final long MIB = 1 << 20;
    private static final long HEAP_OF_BUFFERS_MIB = 144;

    /** Products of a chunk of rows with all features, in each of two threads, and what holds the features that were selected. */
    private static final long BUFFERS_OF_MANY_FEATURES_MIB = 112;

    private static final Logger LOG = LoggerFactory.getLogger(TrainingMemorySparkTest.class);

    @TempDir
    Path folder;

    private Path rows() throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        List<Row> rows = new ArrayList<>();
        for (int prompt = 0; prompt < PROMPTS; prompt++) {
            for (int position = 0; position < POSITIONS; position++) {
                float[] x = new float[TrainingMemory.WIDTH];
                for (int c = 0; c < x.length; c++) {
                    x[c] = (float) random.nextGaussian();
                }
                rows.add(SyntheticActivations.row(5, prompt, position, x, VectorDtype.BF16));
            }
        }
        Path table = folder.resolve("rows");
        TestSpark.session()
                .createDataFrame(rows, Table.ACTIVATIONS.schema())
                .coalesce(1)
                .write()
                .parquet(table.toString());
        try (Stream<Path> files = Files.list(table)) {
            return files.filter(file -> file.toString().endsWith(".parquet"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private long peak_MiB(Path rows, String name, String settings, long heap_MiB) throws Exception {
        Path log = folder.resolve(name + ".log");
        String all = "k = 16, epochs = 1, batch-rows = 256, sample-rows = 256, memory-mib = 2, outlier-multiple = 1e9,"
                + " checkpoint-every-steps = 100, " + settings;
        Process process = ChildProcess.start(
                TrainingMemory.class,
                List.of("-Xmx" + heap_MiB + "m", "-XX:TieredStopAtLevel=1"),
                List.of(folder.resolve(name).toString(), all, rows.toString()),
                log);
        int code = process.waitFor();
        String said = Files.readString(log);
        assertThat(code).as(said).isZero();
        return said.lines()
                        .filter(line -> line.startsWith("peak "))
                        .mapToLong(line -> Long.parseLong(line.substring("peak ".length())))
                        .findFirst()
                        .orElseThrow()
                / 1024;
    }

    /** A choice of settings, replicas in a process, and bytes a parameter that the defaults state. */
    private record Choice(String name, String settings, int replicas, int bytes) {
        int features() {
            return FEATURES / replicas;
        }

        long stated_MiB(int perParameter) {
            return 2L * FEATURES * TrainingMemory.WIDTH * perParameter / MIB;
        }
    }

    @Test
    void takesNoMoreThanItStates() throws Exception {
        Path rows = rows();
        List<Choice> choices = List.of(
                new Choice("schedule-free", "optimiser = schedule-free, mode = synchronous, shards = 1", 1, 10),
                new Choice("adam", "optimiser = adam, mode = synchronous, shards = 1", 1, 14),
                new Choice("rounds", "optimiser = adam, mode = rounds, outer-momentum = 0.5, shards = 4", 4, 16));
        long few = peak_MiB(rows, "few", "mode = synchronous, shards = 1, features = " + FEW, HEAP_OF_BUFFERS_MIB);
        for (Choice choice : choices) {
            // The mirror of the encoder, 2 bytes a parameter, lies outside the heap.
            long heap = choice.stated_MiB(choice.bytes() - 2) + HEAP_OF_BUFFERS_MIB;
            long many = peak_MiB(rows, choice.name(), choice.settings() + ", features = " + choice.features(), heap);
            LOG.info("{}: heap of {} MiB, resident {} MiB above {}", choice, heap, many - few, few);
            assertThat(many - few)
                    .as("MiB of %s", choice)
                    .isBetween(
                            choice.stated_MiB(choice.bytes()) / 2,
                            choice.stated_MiB(choice.bytes()) + BUFFERS_OF_MANY_FEATURES_MIB);
        }
    }

    @Test
    void refusesWhatWouldTakeMore() {
        assertThatThrownBy(() -> LayerTrainingSparkTest.settings(
                        "mode = rounds, optimiser = adam, outer-momentum = 0.5, shards = 2"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("18.0 bytes a parameter");
    }
}
