package org.demur.evaluation;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.demur.sae.HeldOutPrompts;
import org.demur.sae.RowHash;
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
    record Part(int part, SplitSums.Both sums) implements Serializable {}

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

    int layer(Part part) {
        return layers.get(part.part() / shards);
    }

    /** Encodes and decodes the rows of a part. */
    Iterator<Part> measure(int part, Iterator<SampledRow> rows) {
        List<SampledRow> sorted = new ArrayList<>();
        rows.forEachRemaining(sorted::add);
        if (sorted.isEmpty()) {
            return List.<Part>of().iterator();
        }
        sorted.sort(Comparator.comparingLong(SampledRow::order));
        try (RowEncoder encoder = RowEncoder.open(folder, layers.get(part / shards))) {
            SplitSums.Both sums =
                    SplitSums.Both.empty(encoder.sae().d(), encoder.sae().F());
            add(sorted.stream().filter(SampledRow::heldOut).toList(), encoder, sums.heldOut());
            add(sorted.stream().filter(row -> !row.heldOut()).toList(), encoder, sums.trained());
            return List.of(new Part(part, sums)).iterator();
        }
    }

    private static void add(List<SampledRow> rows, RowEncoder encoder, SplitSums sums) {
        int d = encoder.sae().d();
        for (int from = 0; from < rows.size(); from += CHUNK_ROWS) {
            List<SampledRow> chunk = rows.subList(from, Math.min(rows.size(), from + CHUNK_ROWS));
            float[] x_BD = new float[chunk.size() * d];
            for (int i = 0; i < chunk.size(); i++) {
                VectorDtype.of(chunk.get(i).dtype()).decode(chunk.get(i).vector(), x_BD, i * d);
            }
            sums.add(x_BD, encoder.encode(x_BD, chunk.size()));
        }
    }
}
