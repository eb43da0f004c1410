package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Continuations: batches that rows join and leave, sampling, and what ends a text. */
class GenerationTest {
    private static EmbeddedModel embedded;
    private static LanguageModel model;
    private static List<TokenSequence> prompts;

    @BeforeAll
    static void load() {
        embedded = EmbeddedModel.load();
        model = embedded.model();
        Random lengths = new Random(3);
        prompts = embedded.prompts(
                12, IntStream.range(0, 40).map(i -> lengths.nextInt(13, 60)).toArray());
    }

    @AfterAll
    static void close() {
        embedded.close();
    }

    @Test
    void rowsThatJoinLaterGetWhatTheyWouldGetAlone() {
        List<Generation> all = model.generate(prompts, new GenerationPlan(30, Set.of(), 64));
        Set<Integer> stops = new TreeSet<>();
        for (int i = 0; i < prompts.size(); i += 3) {
            stops.add(all.get(i).tokenIds()[i % 20]);
        }
        GenerationPlan few = new GenerationPlan(30, stops, 5);
        List<Generation> joined = model.generate(prompts, few);
        Set<Integer> lengths = new TreeSet<>();
        for (int i = 0; i < prompts.size(); i++) {
            Generation alone = model.generate(List.of(prompts.get(i)), few).get(0);
            assertThat(joined.get(i).tokenIds()).as("row %d", i).isEqualTo(alone.tokenIds());
            assertThat(joined.get(i).finish()).isEqualTo(alone.finish());
            lengths.add(alone.tokenIds().length);
        }
        assertThat(lengths).hasSizeGreaterThan(5);
    }

    @Test
    void aTightBudgetChangesNothingButTheBatches() {
        long slots = 4 * 90;
        var config = model.config();
        long bytesOfASlot = 8L
                * config.nLayers()
                * config.attention().kvHeads()
                * config.attention().headDim();
        MemoryBudget tight = new MemoryBudget(Math.max(1 << 20, 4 * slots * bytesOfASlot));
        try (EmbeddedModel small = EmbeddedModel.load(Placement.cpu(), tight)) {
            assertThat(small.model().cacheSlots()).isLessThan(10 * 90);
            GenerationPlan plan = new GenerationPlan(12, Set.of(), 64);
            List<Generation> expected = model.generate(prompts, plan);
            List<Generation> bounded = small.model().generate(prompts, plan);
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(bounded.get(i).tokenIds()).isEqualTo(expected.get(i).tokenIds());
            }
        }
    }

    @Test
    void samplesFollowFromTheirSeedsAlone() {
        GenerationPlan plan = new GenerationPlan(8, Set.of(), 6).sampling(new Sampling.Random(0.9, 0.95, 0.02));
        List<TokenSequence> rows = new ArrayList<>();
        for (long seed = 0; seed < 5; seed++) {
            for (TokenSequence prompt : prompts.subList(0, 6)) {
                rows.add(prompt.withSeed(seed));
            }
        }
        List<Generation> together = model.generate(rows, plan);
        List<TokenSequence> shuffled = new ArrayList<>(rows);
        Collections.reverse(shuffled);
        List<Generation> backwards = model.generate(shuffled, plan);
        Set<List<Integer>> different = new java.util.HashSet<>();
        for (int i = 0; i < rows.size(); i++) {
            assertThat(backwards.get(rows.size() - 1 - i).tokenIds())
                    .isEqualTo(together.get(i).tokenIds());
            different.add(IntStream.of(together.get(i).tokenIds()).boxed().toList());
        }
        assertThat(different).hasSizeGreaterThan(20);
    }

    @Test
    void drawsEachTokenAsOftenAsItsProbabilitySays() {
        FloatBuffer logits = FloatBuffer.wrap(
                new float[] {9, (float) Math.log(0.5), (float) Math.log(0.3), (float) Math.log(0.15), -3, -50});
        FloatBuffer second = logits.slice(1, 5);
        double tail = Math.exp(-3);
        double sum = 0.95 + tail;
        assertThat(frequencies(second, new Sampling.Random(1, 1, 0)))
                .containsExactly(new double[] {0.5 / sum, 0.3 / sum, 0.15 / sum, tail / sum, 0}, within(0.01));
        assertThat(frequencies(second, new Sampling.Random(1, 0.6, 0)))
                .containsExactly(new double[] {0.625, 0.375, 0, 0, 0}, within(0.01));
        assertThat(frequencies(second, new Sampling.Random(1, 1, 0.25)))
                .containsExactly(new double[] {0.5 / 0.95, 0.3 / 0.95, 0.15 / 0.95, 0, 0}, within(0.01));
        assertThat(frequencies(second, new Sampling.Random(0.01, 1, 0)))
                .containsExactly(new double[] {1, 0, 0, 0, 0}, within(1e-9));
        assertThatThrownBy(() -> new Sampling.Random(0, 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("temperature");
    }

    @Test
    void noStopTokenComesBeforeTheLeastNumberOfTokens() {
        int[] free = model.generate(prompts, new GenerationPlan(6, Set.of(), 40))
                .get(0)
                .tokenIds();
        GenerationPlan plan = new GenerationPlan(6, Set.of(free[0], free[2]), 40);
        assertThat(model.generate(prompts.subList(0, 1), plan).get(0).tokenIds())
                .isEmpty();
        List<Generation> longer = model.generate(prompts, plan.atLeast(4));
        assertThat(longer).allSatisfy(generation -> {
            assertThat(generation.tokenIds()).hasSizeGreaterThanOrEqualTo(4);
            assertThat(IntStream.of(generation.tokenIds())).doesNotContain(free[0], free[2]);
        });
    }

    @Test
    void endsATextAtAStopStringEvenWithinTokens() {
        TokenSequence prompt = TokenSequence.plain(model.tokenizer().encodeText("How do I bake bread at home?"));
        GenerationPlan plan = new GenerationPlan(20, Set.of(), 4);
        String free = model.tokenizer()
                .decode(model.generate(List.of(prompt), plan).get(0).tokenIds());
        assertThat(free).hasSizeGreaterThan(12);
        String stop = free.substring(7, 10);
        GenerationPlan stopping = plan.stoppingAt(List.of("never to be found", stop));
        Generation stopped = model.generate(List.of(prompt), stopping).get(0);
        assertThat(stopped.finish()).isEqualTo(Generation.Finish.STOP);
        String text = model.tokenizer().decode(stopped.tokenIds());
        assertThat(text).contains(stop).hasSizeLessThan(free.length());
        assertThat(stopping.untilStop(text)).isEqualTo(free.substring(0, free.indexOf(stop)));
    }

    private static double[] frequencies(FloatBuffer logits, Sampling.Random settings) {
        TokenSampler sampler = new TokenSampler(settings, 5);
        double[] counts = new double[5];
        int draws = 40_000;
        for (int i = 0; i < draws; i++) {
            counts[sampler.draw(logits, 0, TokenSampler.uniform(17, i))] += 1.0 / draws;
        }
        return counts;
    }
}
