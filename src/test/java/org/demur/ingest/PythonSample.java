package org.demur.ingest;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.commons.math3.random.MersenneTwister;

/** {@code random.sample} of Python 3.11 after {@code random.seed}, by which the published studies drew their prompts. */
final class PythonSample {
    private final Words words;

    PythonSample(int seed) {
        words = new Words(seed);
    }

    /** Python seeds by key array, and takes the high bits of each word. */
    private static final class Words extends MersenneTwister {
        private static final long serialVersionUID = 1L;

        Words(int seed) {
            super(new int[] {seed});
        }

        int high(int bits) {
            return next(bits);
        }
    }

    /** Places of {@code k} of {@code n} things, without replacement. */
    int[] draw(int n, int k) {
        int smallest = 21;
        if (k > 5) {
            smallest += (int) Math.pow(4, Math.ceil(Math.log(k * 3.0) / Math.log(4)));
        }
        return n <= smallest ? fromPool(n, k) : fromSet(n, k);
    }

    private int[] fromPool(int n, int k) {
        int[] pool = IntStream.range(0, n).toArray();
        int[] drawn = new int[k];
        for (int i = 0; i < k; i++) {
            int place = below(n - i);
            drawn[i] = pool[place];
            pool[place] = pool[n - i - 1];
        }
        return drawn;
    }

    private int[] fromSet(int n, int k) {
        Set<Integer> drawn = new LinkedHashSet<>();
        while (drawn.size() < k) {
            drawn.add(below(n));
        }
        return drawn.stream().mapToInt(Integer::intValue).toArray();
    }

    private int below(int n) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(n);
        int word = words.high(bits);
        while (word >= n) {
            word = words.high(bits);
        }
        return word;
    }
}
