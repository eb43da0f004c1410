package org.demur.model;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;

/**
 * One memory-mapped safetensors file.
 *
 * @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
 */
public final class SafetensorsFile implements TensorSource {
    private final MappedFile file;
    private final Map<String, String> metadata;
    private final MappedTensors tensors;

    private SafetensorsFile(MappedFile file, SafetensorsHeader header) {
        this.file = file;
        this.metadata = Collections.unmodifiableMap(header.metadata());
        this.tensors = new MappedTensors(file, header.spans());
    }

    /**
     * Opens and checks a file.
     *
     * @throws org.demur.JobException if it is missing or not a sound safetensors file
     */
    public static SafetensorsFile open(Path path) {
        MappedFile file = MappedFile.open(path);
        return new SafetensorsFile(file, SafetensorsHeader.read(file));
    }

    /** The strings of {@code __metadata__}. */
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public Set<String> names() {
        return tensors.names();
    }

    @Override
    public TensorInfo info(String name) {
        return tensors.info(name);
    }

    @Override
    public void readFloats(String name, FloatBuffer target) {
        tensors.readFloats(name, target);
    }

    @Override
    public void readRows(String name, long firstRow, int rows, FloatBuffer target) {
        tensors.readRows(name, firstRow, rows, target);
    }

    /**
     * Reads a whole tensor of an integral or boolean type.
     *
     * @throws org.demur.JobException if it holds fractions, or more than fits one array
     */
    public long[] readLongs(String name) {
        return WholeNumbers.read(file, tensors.span(name));
    }

    @Override
    public void close() {
        tensors.close();
    }
}
