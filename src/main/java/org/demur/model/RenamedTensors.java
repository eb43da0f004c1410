package org.demur.model;

import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;

/** Some tensors of a source, under other names. */
final class RenamedTensors implements TensorSource {
    private final TensorSource source;
    private final SortedMap<String, String> names;

    /** The values of {@code names} must be names of the source. */
    RenamedTensors(TensorSource source, SortedMap<String, String> names) {
        this.source = source;
        this.names = names;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(names.keySet());
    }

    @Override
    public TensorInfo info(String name) {
        return source.info(original(name));
    }

    @Override
    public void readFloats(String name, FloatBuffer target) {
        source.readFloats(original(name), target);
    }

    @Override
    public void readRows(String name, long firstRow, int rows, FloatBuffer target) {
        source.readRows(original(name), firstRow, rows, target);
    }

    /** An unknown name is left to the source, which refuses it. */
    private String original(String name) {
        return names.getOrDefault(name, name);
    }

    @Override
    public void close() {
        source.close();
    }
}
