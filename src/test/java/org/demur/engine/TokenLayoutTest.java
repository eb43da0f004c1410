package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.demur.prompts.TokenClass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where tokens lie in a packed batch. */
class TokenLayoutTest {
    @Test
    void withoutATreeEverySequenceHasItsOwnRows() {
        TokenLayout layout = TokenLayout.of(sequences(new int[] {1, 2, 3}, new int[] {1, 2}));
        assertThat(layout.rows_BT()).isDeepEqualTo(new int[][] {{0, 1, 2}, {3, 4}});
        assertThat(layout.shared_B()).containsOnly(0);
        assertThat(layout.positions()).containsExactly(0, 1, 2, 0, 1);
        assertThat(layout.querySlots()).containsExactly(0, 1, 2, 3, 4, 4);
        assertThat(layout.tokenSlots()).containsExactly(0, 1, 2, 3, 4);
        assertThat(layout.lastRows()).containsExactly(2, 4);
        assertThat(layout.generated()).isFalse();
    }

    @Test
    void aStepHasOneGeneratedTokenASequence() {
        TokenLayout layout = TokenLayout.step(3);
        assertThat(layout.rows_BT()).isDeepEqualTo(new int[][] {{0}, {1}, {2}});
        assertThat(layout.tokens()).isEqualTo(3);
        assertThat(layout.longest()).isEqualTo(1);
        assertThat(layout.generated()).isTrue();
    }

    @Test
    void commonBeginningsLieOnce() {
        List<TokenSequence> sequences =
                sequences(new int[] {5, 6, 7, 8}, new int[] {5, 6, 9}, new int[] {5, 6, 9, 4}, new int[] {6, 6, 9});
        TokenLayout layout = tree(sequences);
        assertThat(layout.rows_BT()).isDeepEqualTo(new int[][] {{0, 1, 2, 3}, {0, 1, 4}, {0, 1, 4, 5}, {6, 7, 8}});
        assertThat(layout.shared_B()).containsExactly(0, 2, 3, 0);
        assertThat(layout.tokens()).isEqualTo(9);
        assertThat(layout.positions()).containsExactly(0, 1, 2, 3, 2, 3, 0, 1, 2);
        assertThat(layout.pack(ids(sequences))).containsExactly(5, 6, 7, 8, 9, 4, 6, 6, 9);
        assertThat(layout.querySlots()).containsExactly(0, 1, 2, 3, 0, 1, 4, 4, 0, 1, 4, 5, 6, 7, 8, 8);
        assertThat(layout.tokenSlots()).containsExactly(0, 1, 2, 3, 6, 11, 12, 13, 14);
        assertThat(layout.lastRows()).containsExactly(3, 4, 5, 8);
    }

    @Test
    void aPromptMayBeAnothersBeginning() {
        for (List<TokenSequence> order : List.of(
                sequences(new int[] {5, 6}, new int[] {5, 6, 7}, new int[] {5, 6}),
                sequences(new int[] {5, 6, 7}, new int[] {5, 6}, new int[] {5, 6, 7}))) {
            TokenLayout layout = tree(order);
            assertThat(layout.tokens()).isEqualTo(3);
            for (int b = 0; b < order.size(); b++) {
                assertThat(layout.rows_BT()[b])
                        .containsExactly(
                                Arrays.copyOf(new int[] {0, 1, 2}, order.get(b).length()));
            }
            assertThat(layout.firstOwned(2)).as("no row of its own").isEqualTo(layout.length(2));
        }
    }

    @Test
    void familiesShareNothing() {
        List<TokenSequence> sequences = sequences(new int[] {5, 6}, new int[] {5, 6}, new int[] {5, 6, 7});
        TokenLayout layout = TokenLayout.tree(sequences, new int[] {0, 3, 0}, 0, new int[] {2, 2, 3});
        assertThat(layout.rows_BT()).isDeepEqualTo(new int[][] {{0, 1}, {2, 3}, {0, 1, 4}});
        assertThat(layout.shared_B()).containsExactly(0, 0, 2);
    }

    @Test
    void tokensOfDifferentClassesAreDifferent() {
        List<TokenSequence> sequences = List.of(
                classified(TokenClass.BOS, TokenClass.CONTENT, TokenClass.CONTENT),
                classified(TokenClass.BOS, TokenClass.SYSTEM, TokenClass.CONTENT),
                classified(TokenClass.BOS, TokenClass.CONTENT, TokenClass.SYSTEM));
        assertThat(tree(sequences).rows_BT()).isDeepEqualTo(new int[][] {{0, 1, 2}, {0, 3, 4}, {0, 1, 5}});
    }

    @Test
    void aPastIsLeftOut() {
        List<TokenSequence> sequences = sequences(new int[] {5, 6, 7, 8}, new int[] {5, 6, 7, 9});
        TokenLayout layout = TokenLayout.tree(sequences, new int[2], 2, new int[] {4, 4});
        assertThat(layout.rows_BT()).isDeepEqualTo(new int[][] {{0, 1}, {0, 2}});
        assertThat(layout.positions()).containsExactly(2, 3, 3);
        assertThat(layout.pack(ids(sequences))).containsExactly(7, 8, 9);
        TokenLayout beginning = TokenLayout.tree(sequences, new int[2], 0, new int[] {2, 2});
        assertThat(beginning.rows_BT()).isDeepEqualTo(new int[][] {{0, 1}, {0, 1}});
    }

    /** Two tokens have one row exactly when family, class and everything up to them agree. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void randomTreesHoldEachBeginningOnce(long seed) {
        Random random = new Random(seed);
        List<TokenSequence> sequences = new ArrayList<>();
        int[] family_B = random.ints(40, 0, 3).toArray();
        for (int b = 0; b < family_B.length; b++) {
            sequences.add(
                    TokenSequence.plain(random.ints(1 + random.nextInt(6), 0, 2).toArray()));
        }
        int[] end_B = sequences.stream().mapToInt(TokenSequence::length).toArray();
        TokenLayout layout = TokenLayout.tree(sequences, family_B, 0, end_B);
        long[] packed = layout.pack(ids(sequences));
        Map<List<Integer>, Integer> rowOfBeginning = new HashMap<>();
        for (int b = 0; b < family_B.length; b++) {
            List<Integer> beginning = new ArrayList<>(List.of(family_B[b]));
            for (int t = 0; t < end_B[b]; t++) {
                int token = sequences.get(b).tokenIds()[t];
                beginning.add(token);
                int row = layout.row(b, t);
                Integer known = rowOfBeginning.putIfAbsent(List.copyOf(beginning), row);
                assertThat(t >= layout.firstOwned(b)).as("owned").isEqualTo(known == null);
                assertThat(known == null ? row : known).isEqualTo(row);
                assertThat(packed[row]).isEqualTo(token);
                assertThat(layout.positions()[row]).isEqualTo(t);
                assertThat(layout.querySlots()[(int) layout.tokenSlots()[row]]).isEqualTo(row);
            }
        }
        assertThat(rowOfBeginning.values()).doesNotHaveDuplicates().hasSize(layout.tokens());
    }

    private static TokenLayout tree(List<TokenSequence> sequences) {
        int[] end_B = sequences.stream().mapToInt(TokenSequence::length).toArray();
        return TokenLayout.tree(sequences, new int[end_B.length], 0, end_B);
    }

    private static List<TokenSequence> sequences(int[]... ids) {
        return Arrays.stream(ids).map(TokenSequence::plain).toList();
    }

    private static TokenSequence classified(TokenClass... classes) {
        return new TokenSequence(new int[] {5, 6, 7}, List.of(), List.of(classes), 0);
    }

    private static List<int[]> ids(List<TokenSequence> sequences) {
        return sequences.stream().map(TokenSequence::tokenIds).toList();
    }
}
