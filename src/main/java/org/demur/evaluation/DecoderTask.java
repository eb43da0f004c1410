package org.demur.evaluation;

import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.demur.engine.NativeProduct;
import org.demur.sae.Sae;

/**
 * Measures how the directions of dictionaries lie, in blocks of features.
 *
 * @param folder of the dictionaries, with one folder per layer
 * @param blocks per layer; the result does not depend on it
 */
record DecoderTask(String folder, int blocks) implements Serializable {

    /** One block of one layer. */
    record Work(int layer, int block) implements Serializable {}

    List<Work> works(List<Integer> layers) {
        List<Work> works = new ArrayList<>();
        for (int layer : layers) {
            for (int block = 0; block < blocks; block++) {
                works.add(new Work(layer, block));
            }
        }
        return works;
    }

    DecoderBlock measure(Work work) {
        Sae sae = Sae.read(Path.of(folder).resolve("layer=" + work.layer()));
        int first = (int) ((long) sae.F() * work.block() / blocks);
        int end = (int) ((long) sae.F() * (work.block() + 1) / blocks);
        return DecoderBlock.of(sae, first, end, NativeProduct::new);
    }
}
