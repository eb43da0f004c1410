package org.demur.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.demur.TestSpark;
import org.demur.cli.Main;
import org.demur.config.JobFile;
import org.demur.runtime.Progress;
import org.demur.schema.Table;
import org.demur.table.Catalog;
import org.demur.table.RunId;
import org.demur.table.Sha256;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Drivers that run the train stage from the command line are killed one after another at random steps: when a checkpoint has just got its
 * name, while it is being written, or some time later. Each goes on where the one before was, and the last one publishes the bytes of the
 * undisturbed run. {@code demur.kills} is their number in either mode.
 */
@Tag("cluster")
class KilledDriverSparkTest {
    private static final String JOB =
            """
            model.path = "classpath:/org/demur/embedded/demur-tiny-refuser.Q8_0.gguf"
            spark.master = "local[2]"
            study.stages = [prompts, extract, train]
            let.prompts = "src/main/resources/org/demur/embedded/prompts"
            prompts.sets = [
              { name = harmful, path = ${let.prompts}"/harmful_val.jsonl", limit = 20, uses = [corpus] }
              { name = text, path = ${let.prompts}"/text.txt", limit = 12, window-tokens = 64, uses = [corpus] }
            ]
            extract { layers = [2], shards = 2 }
            train {
              features = 512, k = 4, epochs = 12, batch-rows = 64, shards = 2, held-out-fraction = 0.1
              round-steps = 2, checkpoint-every-steps = 2
            }
            """;
    private static final int KILLS = Integer.getInteger("demur.kills", 3);
    private static final String BEGUN = ".step=";
    private static final String SEALED = "step=";
    private static final int KILLED = 128 + 9;
    private static final int LAST_STEP = 150;
    private static final int LONGEST_DELAY_MILLIS = 40;
    private static final long PATIENCE_MILLIS = 300_000;

    @TempDir
    Path folder;

    /** When a process that writes the checkpoint of a step is killed. */
    private enum Moment {
        BEGUN,
        SEALED,
        LATER
    }

    /** A moment and the step of its checkpoint. */
    private record Sight(Moment moment, int step) {}

    @ParameterizedTest
    @ValueSource(strings = {"mode = synchronous", "mode = rounds, optimiser = adam, outer-momentum = 0.5, shards = 4"})
    void theLastDriverPublishesTheBytesOfTheUndisturbedRun(String mode) throws Exception {
        Path job = Files.writeString(folder.resolve("job.conf"), JOB + "train { " + mode + " }");
        RunId train = undisturbed(job);
        Path checkpoints =
                folder.resolve("killed/_scratch").resolve(train.value()).resolve("train/layer=2");
        SplittableRandom random = new SplittableRandom(20);
        int[] steps = random.ints(KILLS, 1, LAST_STEP).sorted().toArray();
        int reached = 0;
        for (int step : steps) {
            Moment moment = Moment.values()[random.nextInt(Moment.values().length)];
            Process driver = start(job);
            Sight sight = await(driver, checkpoints, new Sight(moment, Math.max(step, reached + 1)), reached);
            if (moment == Moment.LATER) {
                Thread.sleep(random.nextInt(LONGEST_DELAY_MILLIS));
            }
            driver.destroyForcibly();
            assertThat(driver.waitFor()).as("%s: %s", sight, log()).isEqualTo(KILLED);
            reached = highest(checkpoints, SEALED);
        }
        Process last = start(job);
        assertThat(last.waitFor()).as(log()).isZero();
        assertThat(published("killed", train)).isEqualTo(published("undisturbed", train));
    }

    /** Publishes the inputs for both, and the dictionary of one. */
    private RunId undisturbed(Path job) throws IOException {
        StudyPlan plan = StudyPlan.of(StudyConfig.from(
                JobFile.read(job, List.of("study.warehouse=\"" + folder.resolve("undisturbed") + "\""))));
        StudyRun run = new StudyRun(plan, TestSpark::session, Progress.SILENT, new IgnoredEvents());
        run.one("prompts");
        run.one("extract");
        copy(folder.resolve("undisturbed"), folder.resolve("killed"));
        run.one("train");
        return plan.stage("train").run();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path each : tree.toList()) {
                Files.copy(each, to.resolve(from.relativize(each)));
            }
        }
    }

    private Process start(Path job) throws IOException {
        return ChildProcess.start(
                Main.class,
                List.of("-XX:TieredStopAtLevel=1", "-Xmx512m"),
                List.of(
                        "train",
                        "--conf",
                        job.toString(),
                        "--warehouse",
                        folder.resolve("killed").toString()),
                folder.resolve("driver.log"));
    }

    private String log() throws IOException {
        return Files.readString(folder.resolve("driver.log"));
    }

    /** Waits for that moment at that step or a later one, and sees to it that no step before is written again. */
    private static Sight await(Process driver, Path checkpoints, Sight wanted, int reached)
            throws InterruptedException {
        String prefix = wanted.moment() == Moment.BEGUN ? BEGUN : SEALED;
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (driver.isAlive() && System.nanoTime() < end) {
            int begun = highest(checkpoints, BEGUN);
            assertThat(begun == 0 || begun > reached)
                    .as("step %d after %d", begun, reached)
                    .isTrue();
            int seen = prefix.equals(BEGUN) ? begun : highest(checkpoints, SEALED);
            if (seen >= wanted.step()) {
                return new Sight(wanted.moment(), seen);
            }
            Thread.sleep(1);
        }
        return wanted;
    }

    private static int highest(Path checkpoints, String prefix) {
        String[] names = checkpoints.toFile().list();
        return Stream.of(names == null ? new String[0] : names)
                .filter(name -> name.startsWith(prefix))
                .mapToInt(name -> Integer.parseInt(name.substring(prefix.length())))
                .max()
                .orElse(0);
    }

    /** SHA-256 of the dictionary's files and digest of the training curve. */
    private Map<String, String> published(String warehouse, RunId train) throws IOException {
        Catalog catalog = new Catalog(folder.resolve(warehouse).toString(), new Configuration());
        Map<String, String> digests = new TreeMap<>();
        digests.put("curve", catalog.manifest(Table.SAE_TRAINING, train).contentDigest());
        Path dictionary = catalog.files("saes", train).resolve("layer=2");
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(dictionary)) {
            all.forEach(files::add);
        }
        for (Path file : files) {
            digests.put(file.getFileName().toString(), HexFormat.of().formatHex(Sha256.of(Files.readAllBytes(file))));
        }
        assertThat(digests).containsKeys("cfg.json", "sae_weights.safetensors");
        return digests;
    }
}
