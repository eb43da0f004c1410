package org.demur.model;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Set;

/** One memory-mapped GGUF file, version 2 or 3, little-endian. */
public final class GgufFile implements TensorSource {
    private final GgufMetadata metadata;
    private final MappedTensors tensors;

    private GgufFile(GgufMetadata metadata, MappedTensors tensors) {
        this.metadata = metadata;
        this.tensors = tensors;
    }

    /**
     * Opens and checks a file.
     *
     * @throws org.demur.JobException if it is missing or not a sound GGUF file
     */
    public static GgufFile open(Path path) {
        MappedFile file = MappedFile.open(path);
        GgufHeader header = GgufHeader.read(file);
        return new GgufFile(header.metadata(), new MappedTensors(file, header.spans()));
    }

    /** The file's keys and values. */
    public GgufMetadata metadata() {
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

    @Override
    public void close() {
        tensors.close();
    }
}
