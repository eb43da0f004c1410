package org.demur.model;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;

/** Tensors at checked positions of one mapped file. */
final class MappedTensors implements TensorSource {
    private static final int CHUNK_ELEMENTS = 1 << 14;

    private final MappedFile file;
    private final SortedMap<String, TensorSpan> spans;

    MappedTensors(MappedFile file, SortedMap<String, TensorSpan> spans) {
        this.file = file;
        this.spans = spans;
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(spans.keySet());
    }

    @Override
    public TensorInfo info(String name) {
        return span(name).info();
    }

    TensorSpan span(String name) {
        TensorSpan span = spans.get(name);
        if (span == null) {
            throw Refusal.misused(file.path(), "holds no tensor " + name);
        }
        return span;
    }

    @Override
    public void readFloats(String name, FloatBuffer target) {
        TensorSpan span = span(name);
        read(span, 0, span.info().elementCount(), target);
    }

    @Override
    public void readRows(String name, long firstRow, int rows, FloatBuffer target) {
        TensorSpan span = span(name);
        long all = span.info().rows();
        if (firstRow < 0 || rows < 0 || firstRow > all - rows) {
            throw Refusal.misused(
                    file.path(), "rows " + firstRow + ".." + (firstRow + rows) + " of " + span.info() + " asked for");
        }
        long length = span.info().rowLength();
        read(span, firstRow * length, rows * length, target);
    }

    private void read(TensorSpan span, long first, long count, FloatBuffer target) {
        TensorInfo info = span.info();
        if (target.remaining() != count) {
            throw Refusal.misused(
                    file.path(), "a buffer of " + target.remaining() + " for " + count + " elements of " + info);
        }
        Quantization packing = info.dtype()
                .quantization()
                .orElseThrow(() -> Refusal.unsupported(
                        file.path(), "tensor " + info.name() + " of type " + info.dtype() + " is not readable"));
        int size = packing.blockSize();
        float[] chunk = new float[(int) Math.min(CHUNK_ELEMENTS, (count / size + 2) * size)];
        long end = first + count;
        for (long at = first; at < end; ) {
            long block = at / size;
            int skipped = (int) (at - block * size);
            int wanted = (int) Math.min(chunk.length - skipped, end - at);
            int blocks = (skipped + wanted + size - 1) / size;
            long position = span.position() + block * packing.bytesPerBlock();
            ByteBuffer source = file.slice(position, blocks * packing.bytesPerBlock());
            packing.dequantise(source, 0, chunk, blocks);
            target.put(chunk, skipped, wanted);
            at += wanted;
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
