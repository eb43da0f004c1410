package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lineages against a model that writes down what each place's cache holds. */
class LineagesTest {
    private static final int STOP = 0;
    private static final int PLACES = 9;
    private static final GenerationPlan PLAN = new GenerationPlan(7, Set.of(STOP), PLACES);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void rowsShareAPlaceWhileTheirTokensAreEqual(long seed) {
        Simulation simulation = new Simulation(new Random(seed));
        for (int round = 0; round < 250; round++) {
            simulation.round();
        }
        assertThat(simulation.sharing).as("rows that shared a place").isGreaterThan(100);
        assertThat(simulation.partings).as("lineages that parted").isGreaterThan(50);
        assertThat(simulation.compactions).as("compactions").isGreaterThan(10);
    }

    @Test
    void aPartingCopiesFromTheCommonPlace() {
        List<DecodingRow> rows = rows(3);
        Lineages lineages = new Lineages();
        assertThat(lineages.found(List.of(0, 1, 2))).isZero();
        feed(rows, 5, 5, 6);
        assertThat(lineages.part(rows)).containsExactly(new Lineages.Copy(0, 1));
        assertThat(List.of(lineages.placeOf(0), lineages.placeOf(1), lineages.placeOf(2)))
                .containsExactly(0, 0, 1);
        feed(rows, 4, 3, 4);
        assertThat(lineages.part(rows)).containsExactly(new Lineages.Copy(0, 2));
        assertThat(lineages.placeOf(2)).as("equal tokens now, but not before").isEqualTo(1);
    }

    @Test
    void aFinishedRowsPlaceIsTakenByTheNextPrompt() {
        List<DecodingRow> rows = rows(2);
        Lineages lineages = new Lineages();
        lineages.found(List.of(0));
        lineages.found(List.of(1));
        feed(rows, STOP, 5);
        assertThat(lineages.part(rows)).isEmpty();
        assertThat(lineages.representatives(rows)).containsOnlyKeys(1);
        rows.set(0, rows(1).get(0));
        assertThat(lineages.found(List.of(0))).isZero();
        assertThat(lineages.size()).isEqualTo(2);
    }

    @Test
    void compactionNamesTheOldPlaces() {
        List<DecodingRow> rows = rows(4);
        Lineages lineages = new Lineages();
        lineages.found(List.of(0));
        lineages.found(List.of(1));
        lineages.found(List.of(2, 3));
        assertThat(lineages.compact(List.of(2, 3, 1))).containsExactly(2, 1);
        assertThat(List.of(lineages.placeOf(0), lineages.placeOf(1), lineages.placeOf(2)))
                .containsExactly(0, 0, 1);
        assertThat(lineages.size()).isEqualTo(2);
        assertThat(lineages.representatives(rows.subList(0, 3))).containsOnlyKeys(0, 1);
    }

    private static List<DecodingRow> rows(int count) {
        TokenSequence prompt = TokenSequence.plain(new int[] {7, 8});
        return new ArrayList<>(IntStream.range(0, count)
                .mapToObj(i -> new DecodingRow(new Cluster.Row(i, prompt, 0, i), PLAN))
                .toList());
    }

    private static void feed(List<DecodingRow> rows, int... tokens) {
        for (int b = 0; b < tokens.length; b++) {
            accept(rows.get(b), tokens[b]);
        }
    }

    private static void accept(DecodingRow row, int token) {
        row.accept(token, () -> {
            throw new AssertionError("nothing to decode");
        });
    }

    /** Decodes random tokens in the order of operations of {@link DecodePool}. */
    private static final class Simulation {
        private final Random random;
        private final Lineages lineages = new Lineages();
        private final List<DecodingRow> rows = new ArrayList<>();
        private final Map<DecodingRow, Integer> promptOf = new HashMap<>();
        private final Map<Integer, List<Integer>> cache = new HashMap<>();
        private int prompts;
        private int sharing;
        private int partings;
        private int compactions;

        Simulation(Random random) {
            this.random = random;
        }

        void round() {
            if (random.nextInt(4) == 0) {
                admit();
            } else if (random.nextInt(5) == 0) {
                compact();
            }
            step();
        }

        private void admit() {
            int[] free = IntStream.range(0, PLACES)
                    .filter(b -> b >= rows.size() || rows.get(b).isFinished())
                    .toArray();
            int next = 0;
            while (next < free.length && random.nextInt(6) > 0) {
                int count = Math.min(free.length - next, 1 + random.nextInt(5));
                int prompt = --prompts;
                for (int i = 0; i < count; i++) {
                    DecodingRow row = rows(1).get(0);
                    promptOf.put(row, prompt);
                    accept(row, token());
                    int at = free[next + i];
                    if (at < rows.size()) {
                        rows.set(at, row);
                    } else {
                        rows.add(row);
                    }
                }
                List<Integer> members =
                        Arrays.stream(free, next, next + count).boxed().toList();
                cache.put(lineages.found(members), List.of(prompt));
                next += count;
            }
            part();
        }

        private void step() {
            lineages.representatives(rows).forEach((place, row) -> {
                List<Integer> longer = new ArrayList<>(cache.get(place));
                longer.add(row.newest());
                cache.put(place, longer);
            });
            rows.stream().filter(row -> !row.isFinished()).forEach(row -> accept(row, token()));
            part();
        }

        private void part() {
            List<Lineages.Copy> copies = lineages.part(rows);
            Set<Integer> targets = new HashSet<>();
            for (Lineages.Copy copy : copies) {
                assertThat(targets.add(copy.to())).as("one copy to a place").isTrue();
                cache.put(copy.to(), cache.get(copy.from()));
            }
            assertThat(copies).noneMatch(copy -> targets.contains(copy.from()));
            partings += copies.size();
            verify();
        }

        private void compact() {
            List<Integer> kept = IntStream.range(0, rows.size())
                    .filter(b -> !rows.get(b).isFinished())
                    .boxed()
                    .toList();
            List<Integer> old = lineages.compact(kept);
            Map<Integer, List<Integer>> moved = new HashMap<>();
            for (int place = 0; place < old.size(); place++) {
                moved.put(place, cache.get(old.get(place)));
            }
            cache.clear();
            cache.putAll(moved);
            compactions += kept.size() < rows.size() ? 1 : 0;
            rows.removeIf(DecodingRow::isFinished);
            verify();
        }

        private void verify() {
            assertThat(lineages.size()).isLessThanOrEqualTo(rows.size());
            Map<List<Integer>, Integer> placeOfHistory = new HashMap<>();
            Set<Integer> places = new HashSet<>();
            for (int b = 0; b < rows.size(); b++) {
                if (rows.get(b).isFinished()) {
                    continue;
                }
                List<Integer> history = history(rows.get(b));
                int place = lineages.placeOf(b);
                assertThat(place).isBetween(0, lineages.size() - 1);
                assertThat(cache.get(place)).isEqualTo(history.subList(0, history.size() - 1));
                Integer known = placeOfHistory.putIfAbsent(history, place);
                assertThat(known == null ? place : known)
                        .as("place of %s", history)
                        .isEqualTo(place);
                assertThat(places.add(place)).as("a place of its own").isEqualTo(known == null);
                sharing += known == null ? 0 : 1;
            }
            assertThat(lineages.representatives(rows)).containsOnlyKeys(places.toArray(Integer[]::new));
            lineages.representatives(rows).forEach((place, row) -> assertThat(placeOfHistory.get(history(row)))
                    .isEqualTo(place));
        }

        /** Prompt and tokens. */
        private List<Integer> history(DecodingRow row) {
            List<Integer> history = new ArrayList<>(List.of(promptOf.get(row)));
            Arrays.stream(row.generation().tokenIds()).forEach(history::add);
            return history;
        }

        /** Mostly the same, so that rows stay together for a while. */
        private int token() {
            int draw = random.nextInt(12);
            return draw == 0 ? STOP : draw < 3 ? draw : 3;
        }
    }
}
