package org.demur.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.demur.sae.train.TrainingStep;
import org.demur.table.Sha256;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints of the training of one dictionary: a folder per step with files of all workers and a summary that names them
 * with their digests. The folder gets its name only when it is complete and on disk, and a summary that does not fit its
 * files or this training is passed over for the one before.
 *
 * <p>Any number of workers can go on from a checkpoint of any other number.
 */
final class Checkpoint {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String SUMMARY = "summary.json";
    private static final String PREFIX = "step=";
    private static final int KEPT = 2;
    private static final int READ_BYTES = 1 << 16;

    private final Path folder;
    private final String digest;

    /** Checkpoints below {@code folder} of the training that {@code digest} identifies. */
    Checkpoint(Path folder, String digest) {
        this.folder = folder;
        this.digest = digest;
    }

    /**
     * What the summary holds.
     *
     * @param training digest of everything that determines the result
     * @param step steps done
     * @param parts files
     * @param shared what all workers hold alike
     * @param curve logged rows so far
     */
    record Summary(String training, int step, List<Part> parts, Shared shared, List<CurvePoint> curve) {}

    /** A file and its digest. */
    record Part(String file, String sha256) {}

    /**
     * What all workers hold alike.
     *
     * @param silentTokens counters of silent latents
     * @param b_dec decoder bias
     * @param b_decState its optimiser state
     */
    record Shared(long[] silentTokens, float[] b_dec, float[][] b_decState) {
        /** Has a model take it over. */
        void copyTo(TrainingStep.Model model) {
            System.arraycopy(b_dec, 0, model.weights().b_dec(), 0, b_dec.length);
            for (int i = 0; i < b_decState.length; i++) {
                System.arraycopy(b_decState[i], 0, model.b_decState()[i], 0, b_dec.length);
            }
            System.arraycopy(silentTokens, 0, model.dead().silentTokens_F(), 0, silentTokens.length);
        }
    }

    /** The folder in which all workers write their files of a step; to be followed by {@link #seal}. */
    Path open(int step) {
        try {
            return Files.createDirectories(unfinished(step));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write a checkpoint below " + folder, e);
        }
    }

    /** Completes the checkpoint of a step; by one worker, after every other has written. */
    void seal(int step, Shared shared, List<CurvePoint> curve) {
        try {
            Path open = unfinished(step);
            List<Part> parts = new ArrayList<>();
            try (Stream<Path> files = Files.list(open)) {
                for (Path file : files.filter(path -> path.toString().endsWith(".safetensors"))
                        .sorted()
                        .toList()) {
                    parts.add(new Part(file.getFileName().toString(), sha256(file)));
                }
            }
            Files.write(open.resolve(SUMMARY), JSON.writeValueAsBytes(new Summary(digest, step, parts, shared, curve)));
            force(open.resolve(SUMMARY));
            Path done = folder(step);
            delete(done);
            Files.move(open, done, StandardCopyOption.ATOMIC_MOVE);
            removeOld();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write a checkpoint below " + folder, e);
        }
    }

    /** The last checkpoint of this very training whose files are whole. */
    Optional<Summary> latest() {
        return steps().stream().flatMap(step -> valid(step).stream()).findFirst();
    }

    /** Where the files of a sealed checkpoint are. */
    Path folder(int step) {
        return folder.resolve(PREFIX + step);
    }

    private Optional<Summary> valid(int step) {
        Path done = folder(step);
        try {
            Summary summary = JSON.readValue(done.resolve(SUMMARY).toFile(), Summary.class);
            if (!digest.equals(summary.training()) || summary.step() != step) {
                LOG.warn("Checkpoint {} belongs to another training and is passed over", done);
                return Optional.empty();
            }
            for (Part part : summary.parts()) {
                if (!sha256(done.resolve(part.file())).equals(part.sha256())) {
                    LOG.warn("Checkpoint {} is damaged in {} and is passed over", done, part.file());
                    return Optional.empty();
                }
            }
            return Optional.of(summary);
        } catch (IOException e) {
            LOG.warn("Checkpoint {} cannot be read and is passed over: {}", done, e.getMessage());
            return Optional.empty();
        }
    }

    /** Steps with a named folder, latest first. */
    private List<Integer> steps() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(folder)) {
            return folders.map(path -> path.getFileName().toString())
                    .filter(name -> name.matches(PREFIX + "\\d{1,9}"))
                    .map(name -> Integer.parseInt(name.substring(PREFIX.length())))
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void removeOld() throws IOException {
        List<Integer> steps = steps();
        for (int step : steps.subList(Math.min(KEPT, steps.size()), steps.size())) {
            delete(folder(step));
        }
    }

    /** Empties the folder of a checkpoint that was begun and not completed; by one worker, before any {@link #open}. */
    void discardUnfinished() {
        try (Stream<Path> folders = Files.list(Files.createDirectories(folder))) {
            for (Path open : folders.filter(
                            path -> path.getFileName().toString().startsWith("."))
                    .toList()) {
                delete(open);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path unfinished(int step) {
        return folder.resolve("." + PREFIX + step);
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest digest = Sha256.digest();
        byte[] piece = new byte[READ_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                digest.update(piece, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.exists(path)) {
            try (Stream<Path> tree = Files.walk(path)) {
                for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }
}
