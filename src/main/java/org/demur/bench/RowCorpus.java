package org.demur.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.demur.corpus.PromptKey;
import org.demur.corpus.ResidualVector;
import org.demur.corpus.SampleOrder;
import org.demur.corpus.ShardPlan;
import org.demur.corpus.UnitForward;
import org.demur.corpus.UnitPlan;
import org.demur.corpus.UnitTable;
import org.demur.edit.HookPoint;
import org.demur.engine.LanguageModel;
import org.demur.rows.RowFilter;
import org.demur.rows.RowInput;
import org.demur.rows.RowOrigin;
import org.demur.sae.HeldOutPrompts;

/**
 * Prompts cut into units as the extract stage cuts them, and files of their vectors.
 *
 * @param prompts token ids by number of the prompt
 * @param maxTokens of a unit
 */
record RowCorpus(List<int[]> prompts, int maxTokens) {
    private static final int SHARDS = 8;
    private static final int SHORTEST = 20;
    private static final int LONGEST = 200;

    /** Prompts of random lengths, {@code tokens} in all. */
    static RowCorpus random(int tokens, int maxTokens) {
        SplittableRandom random = new SplittableRandom(1);
        List<int[]> prompts = new ArrayList<>();
        for (int left = tokens; left > 0; ) {
            int length = Math.min(left, random.nextInt(SHORTEST, LONGEST));
            prompts.add(new int[length]);
            left -= length;
        }
        return new RowCorpus(prompts, maxTokens);
    }

    private List<List<PromptKey>> units() {
        List<ShardPlan.Length> lengths = IntStream.range(0, prompts.size())
                .mapToObj(i -> new ShardPlan.Length(RowTables.key(i), prompts.get(i).length))
                .toList();
        return UnitPlan.units(lengths, SHARDS, maxTokens);
    }

    /** All rows of a file, as the input of training. */
    RowInput input(HookPoint point, int width, Path file, RowOrigin origin) {
        return new RowInput(
                point,
                width,
                List.of(file.toString()),
                new RowFilter(Double.MAX_VALUE, List.of(), new HeldOutPrompts(1, 0)),
                new RowInput.Corpus(UnitTable.of(units()), origin, new RowInput.Sampling(new SampleOrder(1), 1)));
    }

    /** Writes random vectors, unit after unit. */
    Path writeRandom(Path file, int width) {
        SplittableRandom random = new SplittableRandom(2);
        float[] x_D = new float[width];
        RowTables.activations(
                file,
                sink -> forEachPrompt(prompt -> {
                    for (int t = 0; t < prompts.get(prompt).length; t++) {
                        for (int c = 0; c < width; c++) {
                            x_D[c] = (float) random.nextDouble() - 0.5f;
                        }
                        sink.put(prompt, t, new ResidualVector(x_D, 0, width));
                    }
                }));
        return file;
    }

    private void forEachPrompt(IntConsumer visit) {
        units().forEach(unit -> unit.forEach(key -> visit.accept(RowTables.number(key))));
    }

    /** Writes what the model computes at a point, unit after unit. */
    Path writeComputed(Path file, LanguageModel language, HookPoint point) {
        UnitForward forward = new UnitForward(language, new TreeSet<>(List.of(point)), maxTokens);
        RowTables.activations(file, sink -> {
            for (List<PromptKey> unit : units()) {
                int[] numbers = unit.stream().mapToInt(RowTables::number).toArray();
                List<int[]> tokens =
                        IntStream.of(numbers).mapToObj(prompts::get).toList();
                forward.run(tokens, (prompt, at, vector) -> sink.put(numbers[prompt], vector.t(), vector));
            }
        });
        return file;
    }
}
