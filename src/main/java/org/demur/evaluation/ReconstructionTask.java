package org.demur.evaluation;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.demur.engine.NativeProduct;
import org.demur.sae.HeldOutPrompts;
import org.demur.sae.RowHash;
import org.demur.sae.Sae;
import org.demur.sae.SaeEncoder;
import org.demur.schema.VectorDtype;

/**
 * Measures reconstruction on a hash sample of activation rows. Which rows, and the order in which a task adds them, depend on
 * their keys alone.
 *
 * @param folder of the dictionaries, with one folder per layer
 * @param layers in order; a part of the work is a layer and a shard
 * @param shards parts per layer
 * @param heldOut prompts kept out of training
 * @param seed of the sample
 */
record ReconstructionTask(String folder, List<Integer> layers, int shards, HeldOutPrompts heldOut, long seed)
        implements Serializable {
    private static final int CHUNK_ROWS = 1024;

    /** Sums of one part; {@code part} is layer index times shards plus shard. */
    record Part(int part, ReconstructionSums heldOut, ReconstructionSums trained) implements Serializable {}

    /** Hash of the key of a row. */
    long order(String setName, String promptId, String kind, int position) {
        RowHash hash = new RowHash(seed);
        hash.add(setName.getBytes(StandardCharsets.UTF_8));
        hash.add(promptId.getBytes(StandardCharsets.UTF_8));
        hash.add(kind.getBytes(StandardCharsets.UTF_8));
        hash.add(position);
        return hash.value();
    }

    int part(int layer, long order) {
        return layers.indexOf(layer) * shards + (int) Math.floorMod(order, (long) shards);
    }

    /** Encodes and decodes the rows of a part. */
    Iterator<Part> measure(int part, Iterator<SampledRow> rows) {
        List<SampledRow> sorted = new ArrayList<>();
        rows.forEachRemaining(sorted::add);
        if (sorted.isEmpty()) {
            return List.<Part>of().iterator();
        }
        sorted.sort(Comparator.comparingLong(SampledRow::order));
        Sae sae = Sae.read(Path.of(folder).resolve("layer=" + layers.get(part / shards)));
        try (SaeEncoder encoder = sae.encoder(NativeProduct::new)) {
            Part sums = new Part(
                    part,
                    sums(
                            sae,
                            encoder,
                            sorted.stream().filter(SampledRow::heldOut).toList()),
                    sums(
                            sae,
                            encoder,
                            sorted.stream().filter(row -> !row.heldOut()).toList()));
            return List.of(sums).iterator();
        }
    }

    private static ReconstructionSums sums(Sae sae, SaeEncoder encoder, List<SampledRow> rows) {
        ReconstructionSums sums = new ReconstructionSums(sae.d());
        for (int from = 0; from < rows.size(); from += CHUNK_ROWS) {
            List<SampledRow> chunk = rows.subList(from, Math.min(rows.size(), from + CHUNK_ROWS));
            float[] x_BD = new float[chunk.size() * sae.d()];
            for (int i = 0; i < chunk.size(); i++) {
                VectorDtype.of(chunk.get(i).dtype()).decode(chunk.get(i).vector(), x_BD, i * sae.d());
            }
            sums.add(ReconstructionSums.of(sae, x_BD, encoder.encode(x_BD, chunk.size())));
        }
        return sums;
    }
}
