package org.demur.evaluation.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Prompts with two independent concepts in a dictionary of orthogonal features: feature 0 is active where the first holds,
 * feature 1 where the second does, features 2 to 5 at random. Row = what the features write + a little that none of them knows.
 */
final class TwoConcepts {
    static final int WIDTH = 8;
    static final int FEATURES = 8;

    private final int prompts;
    private final boolean[] first;
    private final boolean[] second;
    private final double[][] values;

    TwoConcepts(int prompts) {
        this.prompts = prompts;
        this.first = new boolean[prompts];
        this.second = new boolean[prompts];
        this.values = new double[prompts][FEATURES];
        SplittableRandom random = new SplittableRandom(5);
        for (int p = 0; p < prompts; p++) {
            first[p] = p % 2 == 0;
            second[p] = p / 2 % 2 == 0;
            values[p][0] = first[p] ? 1 + random.nextDouble() : 0;
            values[p][1] = second[p] ? 1 + random.nextDouble() : 0;
            for (int j = 2; j < 6; j++) {
                values[p][j] = random.nextDouble() < 0.5 ? random.nextDouble() : 0;
            }
        }
    }

    /** Lets a feature be on or off on a prompt. */
    TwoConcepts set(int prompt, int feature, double value) {
        values[prompt][feature] = value;
        return this;
    }

    Decoder decoder() {
        float[] w_dec_FD = new float[FEATURES * WIDTH];
        for (int j = 0; j < FEATURES; j++) {
            w_dec_FD[j * WIDTH + j] = 2;
        }
        return new Decoder(w_dec_FD, new float[WIDTH]);
    }

    List<PromptVector> vectors() {
        SplittableRandom random = new SplittableRandom(6);
        List<PromptVector> vectors = new ArrayList<>();
        for (int p = 0; p < prompts; p++) {
            double[] row = values[p];
            float[] x_D = new float[WIDTH];
            for (int c = 0; c < WIDTH; c++) {
                x_D[c] = (float) (2 * row[c] + 0.01 * random.nextGaussian());
            }
            int[] active = IntStream.range(0, FEATURES).filter(j -> row[j] > 0).toArray();
            float[] heights = new float[active.length];
            for (int i = 0; i < active.length; i++) {
                heights[i] = (float) row[active[i]];
            }
            vectors.add(new PromptVector(p, x_D, active, heights));
        }
        return vectors;
    }

    /** The two concepts; the first half of the prompts is for training. */
    List<Concept> concepts() {
        return List.of(concept("first", first), concept("second", second));
    }

    private Concept concept(String name, boolean[] holds) {
        return new Concept(name, part(0, prompts / 2, holds), part(prompts / 2, prompts, holds));
    }

    private static LabelledPrompts part(int from, int to, boolean[] holds) {
        boolean[] positive = new boolean[to - from];
        System.arraycopy(holds, from, positive, 0, positive.length);
        return new LabelledPrompts(IntStream.range(from, to).toArray(), positive);
    }

    LayerProbes probes() {
        return new LayerProbes(decoder(), vectors(), settings(), 9);
    }

    static ProbeSettings settings() {
        return new ProbeSettings(100, 0.5, 4, 2, List.of("content"), List.of(1, 3), List.of(1), 200);
    }

    static ProbeResult only(List<ProbeResult> results, String metric, String concept, String representation) {
        return results.stream()
                .filter(result -> result.subject().metric().equals(metric))
                .filter(result -> result.subject().concept().equals(concept))
                .filter(result -> result.subject().representation().equals(representation))
                .findFirst()
                .orElseThrow();
    }
}
