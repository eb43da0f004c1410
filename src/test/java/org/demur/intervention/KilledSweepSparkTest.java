package org.demur.intervention;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.HandMadeSaes;
import org.demur.TinyStudy;
import org.demur.attribution.AttributeStage;
import org.demur.attribution.AttributionSettings;
import org.demur.cells.Cells;
import org.demur.cells.SelectedDirection;
import org.demur.direction.DirectionSettings;
import org.demur.direction.DirectionStage;
import org.demur.schema.Table;
import org.demur.table.RunId;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sweep whose processes are killed in the middle of batches ends with the table of one that nobody disturbed. */
@Tag("cluster")
class KilledSweepSparkTest {
    private static final RunId SAES = RunId.of("hand-made");
    private static final RunId DISTURBED = RunId.of("disturbed");
    private static final int KILLED = 128 + 9;

    @TempDir
    Path folder;

    @Test
    void noRowIsLostDoubledOrDifferent() throws Exception {
        TinyStudy study = new TinyStudy(folder, KilledSweep.PROMPTS, KilledSweep.SETTINGS);
        RunId direction =
                study.run(new DirectionStage(DirectionSettings.from(study.section("direction"), study.uses())));
        SelectedDirection selected = SelectedDirection.read(study.warehouse().read(Table.DIRECTIONS, direction));
        HandMadeSaes.publish(study.warehouse(), SAES, selected, List.of(2, 5));
        study.input("train", SAES);
        RunId attribution =
                study.run(new AttributeStage(AttributionSettings.from(study.section("attribute"), study.uses())));
        Map<String, RunId> inputs = Map.of("train", SAES, "direction", direction, "attribute", attribution);
        Path scratch = study.warehouse().scratch("sweep", DISTURBED);

        int finished = 0;
        for (int kill = 0; kill < 2; kill++) {
            Process process = start(inputs);
            awaitMore(scratch, finished, process);
            process.destroyForcibly();
            assertThat(process.waitFor()).as("kill %d", kill).isEqualTo(KILLED);
            int now = count(scratch, ".jsonl");
            assertThat(now).as("batches finished before kill %d", kill).isGreaterThan(finished);
            assertThat(count(scratch, ".growing")).as("batches in flight").isPositive();
            finished = now;
        }
        assertThat(start(inputs).waitFor()).isZero();

        Dataset<Row> disturbed = study.warehouse().read(Table.COMPLETIONS, DISTURBED);
        RunId quiet = study.run(KilledSweep.stage(study));
        Dataset<Row> undisturbed = study.warehouse().read(Table.COMPLETIONS, quiet);
        int cells = Cells.read(undisturbed).size();
        assertThat(finished).isLessThan(cells * KilledSweep.PROMPTS / 12);
        assertThat(disturbed.count()).isEqualTo((long) cells * KilledSweep.PROMPTS);
        assertThat(disturbed.select("cell_id", "prompt_id").distinct().count()).isEqualTo(disturbed.count());
        assertThat(disturbed.exceptAll(undisturbed).count()).isZero();
        assertThat(study.warehouse().manifest(Table.COMPLETIONS, DISTURBED).contentDigest())
                .isEqualTo(study.warehouse().manifest(Table.COMPLETIONS, quiet).contentDigest());
    }

    /** Waits until further batches are finished and another one has some of its rows. */
    private static void awaitMore(Path scratch, int finished, Process process) throws Exception {
        while (process.isAlive()) {
            if (count(scratch, ".jsonl") > finished + 1 && hasGrowingRows(scratch)) {
                return;
            }
            Thread.sleep(5);
        }
    }

    private static boolean hasGrowingRows(Path scratch) throws IOException {
        try (Stream<Path> files = Files.list(scratch)) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".growing")).toList()) {
                if (Files.exists(file) && Files.size(file) > 0) {
                    return true;
                }
            }
            return false;
        }
    }

    private static int count(Path scratch, String ending) throws IOException {
        if (!Files.isDirectory(scratch)) {
            return 0;
        }
        try (Stream<Path> files = Files.list(scratch)) {
            return (int) files.filter(file -> file.toString().endsWith(ending)).count();
        }
    }

    private Process start(Map<String, RunId> inputs) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--add"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), KilledSweep.class.getName()));
        command.addAll(List.of(folder.toString(), DISTURBED.value()));
        inputs.forEach((stage, run) -> command.add(stage + "=" + run.value()));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
