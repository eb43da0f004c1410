package org.demur.direction;

import java.io.Serializable;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.demur.runtime.RunSeed;

/**
 * Draws of the training prompts, harmful and harmless ones apart, the same for every kind of direction.
 *
 * @param count draws of each sort
 */
record Resamples(RunSeed seed, int count) implements Serializable {

    /** Two disjoint halves; of an odd number of prompts one is left over. */
    record Halves(int[] first, int[] second) {}

    /** As many prompts of each side as there are, with replacement. */
    int[] withReplacement(Samples samples, int resample) {
        SplittableRandom random = new SplittableRandom(seed.derive("direction bootstrap", resample));
        int[] drawn = new int[samples.n()];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = i < samples.nHarmful()
                    ? random.nextInt(samples.nHarmful())
                    : random.nextInt(samples.nHarmful(), samples.n());
        }
        return drawn;
    }

    /** A random split of each side. */
    Halves halves(Samples samples, int resample) {
        SplittableRandom random = new SplittableRandom(seed.derive("direction halves", resample));
        int[] order = samples.all();
        shuffle(order, 0, samples.nHarmful(), random);
        shuffle(order, samples.nHarmful(), order.length, random);
        int harmful = Math.max(1, samples.nHarmful() / 2);
        int harmless = Math.max(1, (samples.n() - samples.nHarmful()) / 2);
        return new Halves(
                joined(order, 0, harmful, samples.nHarmful(), harmless),
                joined(order, samples.nHarmful() - harmful, harmful, order.length - harmless, harmless));
    }

    private static int[] joined(int[] order, int harmfulFrom, int harmful, int harmlessFrom, int harmless) {
        int[] half = Arrays.copyOfRange(order, harmfulFrom, harmfulFrom + harmful + harmless);
        System.arraycopy(order, harmlessFrom, half, harmful, harmless);
        return half;
    }

    private static void shuffle(int[] order, int from, int to, SplittableRandom random) {
        for (int i = to - 1; i > from; i--) {
            int j = random.nextInt(from, i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
    }
}
