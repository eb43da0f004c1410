package org.demur.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.hadoop.conf.Configuration;
import org.demur.TestSpark;
import org.demur.sae.LaneProduct;
import org.demur.sae.WorkCrew;
import org.demur.sae.train.Collective;
import org.demur.schema.Table;
import org.demur.table.Catalog;
import org.demur.table.Sha256;
import org.demur.table.Warehouse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that are killed at ten random steps in either mode, each going on where the one before was, end with equal bits. */
@Tag("cluster")
class KilledTrainingSparkTest {
    private static final int KILLS = 10;
    private static final int STEPS = 200;
    private static final int KILLED = 128 + 9;

    @TempDir
    Path folder;

    private List<String> publish() {
        Path tables = folder.resolve("tables");
        Warehouse warehouse = new Warehouse(TestSpark.session(), new Catalog(tables.toString(), new Configuration()));
        SyntheticActivations.publish(warehouse, List.of(5), 3);
        return warehouse.manifest(Table.ACTIVATIONS, SyntheticActivations.RUN).files().stream()
                .map(file -> tables + "/activations/run=" + SyntheticActivations.RUN + "/" + file.path())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"mode = synchronous", "mode = rounds, optimiser = adam, outer-momentum = 0.5"})
    void endsWithTheSameBitsWheneverItIsKilled(String mode) throws Exception {
        String settings = mode + ", epochs = 29, checkpoint-every-steps = 7";
        List<String> files = publish();
        Path undisturbed = folder.resolve("undisturbed");
        try (WorkCrew crew = new WorkCrew(1)) {
            LayerTraining.run(
                    KilledTraining.job(undisturbed, LayerTrainingSparkTest.settings(settings), files),
                    Collective.alone(),
                    crew,
                    LaneProduct::new,
                    rows -> {});
        }
        Path killed = folder.resolve("killed");
        int[] steps = new SplittableRandom(20).ints(KILLS, 1, STEPS).sorted().toArray();
        for (int step : steps) {
            Process process = start(killed, settings, files);
            killAfter(process, step);
            assertThat(process.waitFor()).as("killed after step %d", step).isEqualTo(KILLED);
        }
        Process last = start(killed, settings, files);
        last.getInputStream().transferTo(OutputStream.nullOutputStream());
        assertThat(last.waitFor()).isZero();
        assertThat(digest(killed)).isEqualTo(digest(undisturbed));
    }

    private static void killAfter(Process process, int step) throws IOException {
        BufferedReader lines = process.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("step ") && Integer.parseInt(line.substring("step ".length())) >= step) {
                process.destroyForcibly();
                return;
            }
        }
    }

    private static Process start(Path folder, String settings, List<String> files) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--add"))
                .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), KilledTraining.class.getName()));
        command.addAll(List.of(folder.toString(), settings));
        command.addAll(files);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static String digest(Path folder) throws IOException {
        byte[] weights = Files.readAllBytes(folder.resolve("sae").resolve("sae_weights.safetensors"));
        return HexFormat.of().formatHex(Sha256.of(weights));
    }
}
