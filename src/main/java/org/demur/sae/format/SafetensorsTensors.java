package org.demur.sae.format;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Set;
import org.demur.model.SafetensorsFile;

/** Arrays of a safetensors file. */
record SafetensorsTensors(Path path, SafetensorsFile file) implements TensorFile {
    static SafetensorsTensors open(Path path) {
        return new SafetensorsTensors(path, SafetensorsFile.open(path));
    }

    @Override
    public Set<String> names() {
        return file.names();
    }

    @Override
    public long[] shape(String name) {
        return file.info(name).shape();
    }

    @Override
    public void read(String name, float[] target) {
        file.readFloats(name, FloatBuffer.wrap(target));
    }

    @Override
    public void close() {
        file.close();
    }
}
