package org.demur.sae.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.demur.model.FileMutations;
import org.demur.model.FuzzRun;
import org.demur.sae.Sae;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged pickles, archives and arrays are read or refused by name, at once and with little memory. */
class FormatFuzzTest {
    private static final int MUTANTS = 1500;
    private static final int UNDAMAGED = 20;

    @TempDir
    Path folder;

    private Sae sae;

    @BeforeEach
    void sample() {
        sae = SampleSaes.all().get("jumprelu plain");
    }

    private Path written(SaeFormat format, String name) {
        format.write(new ImportedSae(sae, Map.of()), folder);
        return folder.resolve(name);
    }

    private static void readAll(TensorFile file) {
        for (String name : file.names()) {
            long count = Arrays.stream(file.shape(name)).reduce(1, (a, b) -> a * b);
            assertThat(count).isBetween(0L, 1L << 20);
            file.read(name, new float[(int) count]);
        }
        file.close();
    }

    @Test
    void damagedArchives() throws IOException {
        byte[] sound = Files.readAllBytes(written(new DictionaryLearningFormat(), "ae.pt"));
        FileMutations mutations = new FileMutations(1);
        new FuzzRun(folder.resolve("ae.pt"), path -> readAll(TorchTensors.open(path)))
                .run(MUTANTS, mutant -> damaged(mutations, mutant, sound));
    }

    @Test
    void damagedPickles() throws IOException {
        Path archive = written(new DictionaryLearningFormat(), "ae.pt");
        Path repacked = folder.resolve("repacked.pt");
        FileMutations mutations = new FileMutations(2);
        try (ZipFolder zip = ZipFolder.open(archive)) {
            byte[] sound = zip.bytes("archive/data.pkl", 1 << 20);
            new FuzzRun(repacked, path -> readAll(TorchTensors.open(path)))
                    .run(MUTANTS, mutant -> repacked(zip, "archive/data.pkl", damaged(mutations, mutant, sound)));
        }
    }

    @Test
    void damagedArrays() throws IOException {
        byte[] sound = Files.readAllBytes(written(new GemmaScopeFormat(), "params.npz"));
        FileMutations mutations = new FileMutations(3);
        new FuzzRun(folder.resolve("params.npz"), path -> readAll(NpzTensors.open(path)))
                .run(MUTANTS, mutant -> damaged(mutations, mutant, sound));
    }

    @Test
    void damagedHeadersOfArrays() throws IOException {
        Path archive = written(new GemmaScopeFormat(), "params.npz");
        FileMutations mutations = new FileMutations(4);
        try (ZipFolder zip = ZipFolder.open(archive)) {
            byte[] sound = zip.bytes("threshold.npy", 1 << 20);
            new FuzzRun(folder.resolve("repacked.npz"), path -> readAll(NpzTensors.open(path)))
                    .run(MUTANTS, mutant -> repacked(zip, "threshold.npy", damaged(mutations, mutant, sound)));
        }
    }

    @Test
    void damagedSettings() throws IOException {
        sae.write(folder, Map.of());
        byte[] sound = Files.readAllBytes(folder.resolve("cfg.json"));
        FileMutations mutations = new FileMutations(5);
        new FuzzRun(folder.resolve("cfg.json"), folder, Sae::read)
                .run(MUTANTS, mutant -> damaged(mutations, mutant, sound));
    }

    /** Checksums let hardly any damage pass, so some files are left as they are. */
    private static byte[] damaged(FileMutations mutations, int mutant, byte[] sound) {
        return mutant % UNDAMAGED == 0 ? sound : mutations.damaged(sound);
    }

    /** The archive with other bytes in one entry, its checksums right. */
    private byte[] repacked(ZipFolder zip, String replaced, byte[] by) {
        Path file = folder.resolve("scratch.zip");
        try (ZipWriter writer = ZipWriter.create(file)) {
            for (String name : zip.names()) {
                writer.add(name, name.equals(replaced) ? by : zip.bytes(name, 1 << 20));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
