package org.demur.evaluation;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.demur.evaluation.probe.PromptVector;
import org.demur.schema.VectorDtype;

/**
 * Averages rows and their features over the tokens of a prompt.
 *
 * @param folder of the dictionaries, with one folder per layer
 * @param layers in order; a part of the work is a layer and a shard of the prompts
 * @param shards parts per layer
 */
record PoolTask(String folder, List<Integer> layers, int shards) implements Serializable {

    /** A row of a chosen prompt. */
    record TokenRow(int prompt, int position, byte[] vector, String dtype) implements Serializable {}

    /** A prompt at a layer. */
    record Pooled(int layer, PromptVector vector) implements Serializable {}

    int part(int layer, int prompt) {
        return layers.indexOf(layer) * shards + prompt % shards;
    }

    /** One vector for every prompt of the part, whose rows come in any order. */
    Iterator<Pooled> pool(int part, Iterator<TokenRow> rows) {
        TreeMap<Integer, List<TokenRow>> byPrompt = new TreeMap<>();
        rows.forEachRemaining(row -> byPrompt.computeIfAbsent(row.prompt(), missing -> new ArrayList<>())
                .add(row));
        List<Pooled> pooled = new ArrayList<>();
        if (!byPrompt.isEmpty()) {
            int layer = layers.get(part / shards);
            try (RowEncoder encoder = RowEncoder.open(folder, layer)) {
                byPrompt.forEach((prompt, tokens) -> pooled.add(new Pooled(layer, vector(prompt, tokens, encoder))));
            }
        }
        return pooled.iterator();
    }

    private static PromptVector vector(int prompt, List<TokenRow> tokens, RowEncoder encoder) {
        tokens.sort(Comparator.comparingInt(TokenRow::position));
        int d = encoder.sae().d();
        float[] x_TD = new float[tokens.size() * d];
        for (int t = 0; t < tokens.size(); t++) {
            VectorDtype.of(tokens.get(t).dtype()).decode(tokens.get(t).vector(), x_TD, t * d);
        }
        double[] sum_D = new double[d];
        for (int i = 0; i < x_TD.length; i++) {
            sum_D[i % d] += x_TD[i];
        }
        float[] mean_D = new float[d];
        for (int c = 0; c < d; c++) {
            mean_D[c] = (float) (sum_D[c] / tokens.size());
        }
        TreeMap<Integer, Double> sums = new TreeMap<>();
        for (ActiveFeatures row : encoder.encode(x_TD, tokens.size()).features()) {
            for (int i = 0; i < row.count(); i++) {
                sums.merge(row.features()[i], (double) row.values()[i], Double::sum);
            }
        }
        return new PromptVector(prompt, mean_D, keys(sums), means(sums, tokens.size()));
    }

    private static int[] keys(Map<Integer, Double> sums) {
        return sums.keySet().stream().mapToInt(Integer::intValue).toArray();
    }

    private static float[] means(Map<Integer, Double> sums, int tokens) {
        float[] means = new float[sums.size()];
        int i = 0;
        for (double sum : sums.values()) {
            means[i++] = (float) (sum / tokens);
        }
        return means;
    }
}
