package org.demur.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.demur.model.DType;
import org.demur.model.NamedTensor;
import org.demur.model.SafetensorsFile;
import org.demur.model.SafetensorsWriter;
import org.demur.sae.train.RowMatrix;
import org.demur.sae.train.TrainingWeights;

/**
 * A file of a checkpoint: weights and state of a range of features, or what belongs to one shard. Arrays go to the disk and
 * come from it without a copy in memory.
 */
final class CheckpointFile {
    private static final Pattern FEATURES = Pattern.compile("features-(\\d+)-(\\d+)\\.safetensors");

    private final Path path;
    private final int from;
    private final int to;

    private CheckpointFile(Path path, int from, int to) {
        this.path = path;
        this.from = from;
        this.to = to;
    }

    /**
     * Arrays of consecutive blocks of features.
     *
     * @param name of their tensors
     * @param first block
     * @param count blocks
     * @param arrays of a block
     */
    record Blocks(String name, int first, int count, IntFunction<float[][]> arrays) {
        private void each(Consumer<NamedTensor> use) {
            for (int block = first; block < first + count; block++) {
                float[][] all = arrays.apply(block);
                for (int i = 0; i < all.length; i++) {
                    use.accept(tensor(name + i + ".block" + block, all[i], 0, all[i].length));
                }
            }
        }
    }

    /** The file of features {@code from..to-1}. */
    static CheckpointFile features(Path folder, int from, int to) {
        return new CheckpointFile(folder.resolve("features-" + from + "-" + to + ".safetensors"), from, to);
    }

    /** The file of a shard. */
    static CheckpointFile shard(Path folder, int shard) {
        return new CheckpointFile(folder.resolve("shard-" + shard + ".safetensors"), 0, 0);
    }

    /** The files of all ranges of features that a checkpoint has. */
    static List<CheckpointFile> allFeatures(Path folder, Checkpoint.Summary summary) {
        List<CheckpointFile> files = new ArrayList<>();
        for (Checkpoint.Part part : summary.parts()) {
            Matcher name = FEATURES.matcher(part.file());
            if (name.matches()) {
                files.add(features(folder, Integer.parseInt(name.group(1)), Integer.parseInt(name.group(2))));
            }
        }
        return files;
    }

    /** Weights of features {@code from..to-1}. */
    static List<NamedTensor> weights(TrainingWeights weights, int from, int to) {
        List<NamedTensor> tensors = new ArrayList<>();
        each(weights, from, to, tensors::add);
        return tensors;
    }

    /** The tensors of blocks. */
    static List<NamedTensor> tensors(Blocks blocks) {
        List<NamedTensor> tensors = new ArrayList<>();
        blocks.each(tensors::add);
        return tensors;
    }

    /** A tensor of {@code count} values. */
    static NamedTensor tensor(String name, float[] values, int at, int count) {
        return new NamedTensor(name, DType.F32, new long[] {count}, FloatBuffer.wrap(values, at, count));
    }

    /** Writes the file, and returns when it is on the disk. */
    void write(List<NamedTensor> tensors) {
        SafetensorsWriter.write(path, Map.of(), tensors);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write " + path, e);
        }
    }

    /** Reads the weights of the file's features. */
    void readWeights(TrainingWeights target) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            each(target, from, to, tensor -> file.readFloats(tensor.name(), tensor.values()));
        }
    }

    /** Reads those of the blocks that the file has. */
    void readBlocks(Blocks blocks) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            blocks.each(tensor -> {
                if (file.names().contains(tensor.name())) {
                    file.readFloats(tensor.name(), tensor.values());
                }
            });
        }
    }

    /** Reads a tensor. */
    void read(String name, float[] target) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            file.readFloats(name, FloatBuffer.wrap(target));
        }
    }

    private static void each(TrainingWeights weights, int from, int to, Consumer<NamedTensor> use) {
        each(weights.w_enc(), "w_enc", from, to, use);
        each(weights.w_dec(), "w_dec", from, to, use);
        for (int i = 0; i < weights.shape().scalars(); i++) {
            use.accept(tensor("scalar" + i, weights.scalar(i), from, to - from));
        }
    }

    /** Rows {@code from..to-1}, one tensor for every slice of the matrix that they touch. */
    private static void each(RowMatrix rows, String name, int from, int to, Consumer<NamedTensor> use) {
        int[] piece = {0};
        rows.pieces(from, to, (array, at, count) -> use.accept(tensor(name + "." + piece[0]++, array, at, count)));
    }
}
