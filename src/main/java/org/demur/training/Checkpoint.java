package org.demur.training;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.demur.model.DType;
import org.demur.model.NamedTensor;
import org.demur.model.SafetensorsFile;
import org.demur.model.SafetensorsWriter;
import org.demur.sae.train.OptimiserState;
import org.demur.sae.train.RowMatrix;
import org.demur.sae.train.TrainingStep;
import org.demur.sae.train.TrainingWeights;
import org.demur.table.Sha256;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints of one layer's training: a folder per step with one file of weights and optimiser state per worker and a
 * summary that names them with their digests. The folder gets its name only when it is complete and on disk, and a summary
 * that does not fit its files or this training is passed over for the one before.
 *
 * <p>Any number of workers can go on from a checkpoint of any other number.
 */
final class Checkpoint {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String SUMMARY = "summary.json";
    private static final String PREFIX = "step=";
    private static final int KEPT = 2;

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
     * @param slices files with the features they cover
     * @param silentTokens counters of dead latents
     * @param b_dec decoder bias
     * @param b_decState its optimiser state
     * @param curve logged rows so far
     */
    record Summary(
            String training,
            int step,
            List<Slice> slices,
            long[] silentTokens,
            float[] b_dec,
            float[][] b_decState,
            List<CurvePoint> curve) {}

    /** Features {@code from..to-1} in a file. */
    record Slice(String file, int from, int to, String sha256) {}

    /** Writes this worker's part of the checkpoint of a step; to be followed by {@link #seal} when all workers are done. */
    void writeSlice(int step, TrainingStep.Model model) {
        OptimiserState state = model.state();
        TrainingWeights weights = model.weights();
        int from = state.firstFeature();
        int to = state.endFeature();
        List<NamedTensor> tensors = new ArrayList<>();
        each(weights.w_enc(), "w_enc", from, to, tensors::add);
        each(weights.w_dec(), "w_dec", from, to, tensors::add);
        for (int i = 0; i < weights.shape().scalars(); i++) {
            tensors.add(part("scalar" + i, weights.scalar(i), from, to - from));
        }
        for (int block = state.firstBlock(); block < state.firstBlock() + state.blockCount(); block++) {
            float[][] arrays = state.block(block);
            for (int i = 0; i < arrays.length; i++) {
                tensors.add(part(stateName(i, block), arrays[i], 0, arrays[i].length));
            }
        }
        try {
            Path file = Files.createDirectories(unfinished(step)).resolve(sliceName(from, to));
            SafetensorsWriter.write(file, Map.of(), tensors);
            force(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write a checkpoint below " + folder, e);
        }
    }

    /** Completes the checkpoint of a step; by one worker, after every {@link #writeSlice}. */
    void seal(int step, TrainingStep.Model model, List<CurvePoint> curve) {
        try {
            Path open = unfinished(step);
            List<Slice> slices = new ArrayList<>();
            try (Stream<Path> files = Files.list(open)) {
                for (Path file : files.filter(path -> path.toString().endsWith(".safetensors"))
                        .sorted()
                        .toList()) {
                    String[] range = file.getFileName()
                            .toString()
                            .replace(".safetensors", "")
                            .split("-");
                    slices.add(new Slice(
                            file.getFileName().toString(),
                            Integer.parseInt(range[1]),
                            Integer.parseInt(range[2]),
                            sha256(file)));
                }
            }
            Summary summary = new Summary(
                    digest,
                    step,
                    slices,
                    model.dead().silentTokens_F(),
                    model.weights().b_dec(),
                    model.b_decState(),
                    curve);
            Files.write(open.resolve(SUMMARY), JSON.writeValueAsBytes(summary));
            force(open.resolve(SUMMARY));
            Path done = folder.resolve(PREFIX + step);
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

    /** Loads a checkpoint that {@link #latest} found; every worker takes all weights and the state of its own features. */
    void restore(Summary summary, TrainingStep.Model model) {
        TrainingWeights weights = model.weights();
        for (Slice slice : summary.slices()) {
            try (SafetensorsFile file =
                    SafetensorsFile.open(folder.resolve(PREFIX + summary.step()).resolve(slice.file()))) {
                each(weights.w_enc(), "w_enc", slice.from(), slice.to(), tensor -> read(file, tensor));
                each(weights.w_dec(), "w_dec", slice.from(), slice.to(), tensor -> read(file, tensor));
                for (int i = 0; i < weights.shape().scalars(); i++) {
                    read(file, part("scalar" + i, weights.scalar(i), slice.from(), slice.to() - slice.from()));
                }
                restoreState(file, model.state());
            }
        }
        System.arraycopy(summary.b_dec(), 0, weights.b_dec(), 0, summary.b_dec().length);
        for (int i = 0; i < summary.b_decState().length; i++) {
            System.arraycopy(summary.b_decState()[i], 0, model.b_decState()[i], 0, summary.b_dec().length);
        }
        long[] counters = model.dead().silentTokens_F();
        System.arraycopy(summary.silentTokens(), 0, counters, 0, counters.length);
        weights.mirror(0, weights.features());
    }

    /** Takes the state of the blocks that are this worker's and in the file. */
    private static void restoreState(SafetensorsFile file, OptimiserState state) {
        for (int block = state.firstBlock(); block < state.firstBlock() + state.blockCount(); block++) {
            float[][] arrays = state.block(block);
            for (int i = 0; i < arrays.length && file.names().contains(stateName(i, block)); i++) {
                file.readFloats(stateName(i, block), FloatBuffer.wrap(arrays[i]));
            }
        }
    }

    private static String stateName(int state, int block) {
        return "state" + state + ".block" + block;
    }

    /** Rows {@code from..to-1} as tensors, one for every slice of the matrix that they touch. */
    private static void each(RowMatrix rows, String name, int from, int to, Consumer<NamedTensor> use) {
        int[] piece = {0};
        rows.pieces(from, to, (array, at, count) -> use.accept(part(name + "." + piece[0]++, array, at, count)));
    }

    private static void read(SafetensorsFile file, NamedTensor target) {
        file.readFloats(target.name(), target.values());
    }

    private Optional<Summary> valid(int step) {
        Path done = folder.resolve(PREFIX + step);
        try {
            Summary summary = JSON.readValue(done.resolve(SUMMARY).toFile(), Summary.class);
            if (!digest.equals(summary.training()) || summary.step() != step) {
                LOG.warn("Checkpoint {} belongs to another training and is passed over", done);
                return Optional.empty();
            }
            for (Slice slice : summary.slices()) {
                if (!sha256(done.resolve(slice.file())).equals(slice.sha256())) {
                    LOG.warn("Checkpoint {} is damaged in {} and is passed over", done, slice.file());
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
            delete(folder.resolve(PREFIX + step));
        }
    }

    /** Empties the folder of a checkpoint that was begun and not completed; by one worker, before any {@link #writeSlice}. */
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

    private static String sliceName(int from, int to) {
        return "features-" + from + "-" + to + ".safetensors";
    }

    private static NamedTensor part(String name, float[] values, int from, int count) {
        return new NamedTensor(name, DType.F32, new long[] {count}, FloatBuffer.wrap(values, from, count));
    }

    private static String sha256(Path file) throws IOException {
        return HexFormat.of().formatHex(Sha256.of(Files.readAllBytes(file)));
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
