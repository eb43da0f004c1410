package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.demur.edit.Edit;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.model.BlockLayout;
import org.demur.prompts.TokenClass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which rows of a request share what. */
class RequestPlanTest {
    private static final IntFunction<List<Integer>> ONE_REGIME = length -> List.of(0);

    @Test
    void aBeginningEndsWhereClassesDiffer() {
        List<TokenSequence> rows = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            List<TokenClass> classes = new ArrayList<>(Collections.nCopies(30, TokenClass.CONTENT));
            classes.set(12, i == 7 ? TokenClass.SYSTEM : TokenClass.CONTENT);
            rows.add(new TokenSequence(ids(25, 30, i), List.of(), classes, 0));
        }
        assertThat(only(rows).shared()).isEqualTo(12);
    }

    @Test
    void rowsWithAndWithoutClassesShareNoBeginning() {
        List<TokenSequence> rows = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            List<TokenClass> classes = Collections.nCopies(i % 2 * 30, TokenClass.CONTENT);
            rows.add(new TokenSequence(ids(25, 30, i / 2), List.of(), classes, 0));
        }
        Cluster cluster = only(rows);
        assertThat(cluster.shared()).isZero();
        assertThat(cluster.rows().stream().map(Cluster.Row::prompt).distinct())
                .as("equal tokens of other classes are another prompt")
                .hasSize(20);
    }

    @Test
    void everyFamilysBeginningHasToFitAPass() {
        List<TokenSequence> rows = variants(12, edits(new HookPoint(Site.MLP_OUT, 2), 3));
        assertThat(clusters(rows, rules(60, BlockLayout.SEQUENTIAL)).get(0).shared())
                .isEqualTo(20);
        assertThat(clusters(rows, rules(59, BlockLayout.SEQUENTIAL)).get(0).shared())
                .isZero();
    }

    @Test
    void aBeginningIsSharedByTwoRowsOfAFamilyOnAverage() {
        List<List<Edit>> edits = edits(HookPoint.residPost(1), 8);
        assertThat(only(variants(1, edits)).shared()).isZero();
        assertThat(only(variants(2, edits)).shared()).isEqualTo(20);
    }

    @Test
    void aRowKeepsATokenOfItsOwn() {
        assertThat(only(Collections.nCopies(40, TokenSequence.plain(ids(8, 8, 0))))
                        .shared())
                .as("seven tokens are too few")
                .isZero();
        assertThat(only(Collections.nCopies(40, TokenSequence.plain(ids(9, 9, 0))))
                        .shared())
                .isEqualTo(8);
        Cluster single = only(Collections.nCopies(300, TokenSequence.plain(new int[] {4})));
        assertThat(single.shared()).isZero();
        assertThat(single.rows()).hasSize(300);
    }

    @Test
    void aSingleTokenDoesNotSpoilOthersBeginning() {
        List<TokenSequence> rows = new ArrayList<>(variants(12, List.of(List.of())));
        rows.add(TokenSequence.plain(new int[] {rows.get(0).tokenIds()[0]}));
        List<Cluster> clusters = clusters(rows, rules(1000, BlockLayout.SEQUENTIAL));
        assertThat(clusters.stream().map(Cluster::shared)).containsExactly(20, 0);
        assertThat(clusters.get(1).rows()).singleElement().satisfies(row -> assertThat(row.index())
                .isEqualTo(12));
    }

    @Test
    void regimesAreKeptApart() {
        IntFunction<List<Integer>> regimes = length -> List.of(0, length / 24);
        List<TokenSequence> rows = variants(30, edits(HookPoint.residPost(0), 2));
        List<Cluster> clusters = clusters(rows, new RequestPlan.Rules(1000, true, BlockLayout.SEQUENTIAL, regimes));
        assertThat(clusters).hasSizeGreaterThan(1);
        for (Cluster cluster : clusters) {
            assertThat(cluster.rows().stream().map(row -> regimes.apply(row.length())))
                    .containsOnly(regimes.apply(cluster.sequenceLength()));
        }
        assertThat(clusters.stream().map(cluster -> regimes.apply(cluster.sequenceLength())))
                .doesNotHaveDuplicates();
        assertEachRowOnce(clusters, rows);
    }

    @Test
    void variantsOfAPromptRunSideBySide() {
        List<TokenSequence> rows = variants(9, edits(HookPoint.residPost(1), 3));
        Cluster cluster = only(rows);
        assertThat(cluster.rows())
                .isSortedAccordingTo((a, b) -> Arrays.compare(
                        new int[] {a.length(), a.prompt(), a.family(), a.index()},
                        new int[] {b.length(), b.prompt(), b.family(), b.index()}));
        assertThat(cluster.families()).isEqualTo(3);
        for (int family = 0; family < 3; family++) {
            assertThat(cluster.byFamily().get(family).stream().map(Cluster.Row::family))
                    .hasSize(9)
                    .containsOnly(family);
        }
        assertEachRowOnce(List.of(cluster), rows);
    }

    @Test
    void withoutAForkFamiliesRunOneAfterAnother() {
        List<List<Edit>> edits = edits(HookPoint.residPost(1), 3);
        List<TokenSequence> rows = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            rows.add(new TokenSequence(ids(20, 22 + 7 * i % 5, i), edits.get(i % 3)));
        }
        Cluster cluster = only(rows);
        assertThat(cluster.fork()).as("no prompt comes twice").isEmpty();
        assertThat(cluster.rows())
                .isSortedAccordingTo((a, b) -> Arrays.compare(
                        new int[] {a.family(), a.length(), a.index()}, new int[] {b.family(), b.length(), b.index()}));
        assertEachRowOnce(List.of(cluster), rows);
    }

    @Test
    void rowsThatAllDifferInTheirEditsRunByLength() {
        List<TokenSequence> rows = new ArrayList<>();
        List<List<Edit>> edits = edits(HookPoint.residPost(1), 30);
        for (int i = 0; i < 30; i++) {
            rows.add(new TokenSequence(ids(20, 22 + 7 * i % 5, i), edits.get(i)));
        }
        assertThat(only(rows).rows().stream().map(Cluster.Row::length).toList()).isSorted();
    }

    @ParameterizedTest
    @CsvSource({
        "SEQUENTIAL, RESID_PRE, RESID_PRE", "SEQUENTIAL, ATTN_OUT, RESID_PRE", "SEQUENTIAL, RESID_MID, RESID_MID",
        "SEQUENTIAL, MLP_OUT, RESID_MID", "SEQUENTIAL, RESID_POST, RESID_POST", "PARALLEL, RESID_PRE, RESID_PRE",
        "PARALLEL, ATTN_OUT, RESID_PRE", "PARALLEL, RESID_MID, RESID_PRE", "PARALLEL, MLP_OUT, RESID_PRE",
        "PARALLEL, RESID_POST, RESID_POST"
    })
    void rowsForkAtTheLastStreamThatNoEditHasTouched(BlockLayout layout, Site edited, Site fork) {
        List<TokenSequence> rows = variants(4, edits(new HookPoint(edited, 2), 3));
        assertThat(clusters(rows, rules(1000, layout)).get(0).fork()).contains(new HookPoint(fork, 2));
        List<TokenSequence> first = variants(4, edits(new HookPoint(edited, 0), 3));
        HookPoint atFirst = new HookPoint(fork, 0);
        if (fork == Site.RESID_PRE) {
            assertThat(clusters(first, rules(1000, layout)).get(0).fork()).isEmpty();
        } else {
            assertThat(clusters(first, rules(1000, layout)).get(0).fork()).contains(atFirst);
        }
    }

    @Test
    void theFirstEditOfAnyRowSetsTheFork() {
        Edit late = new Edit.AddDirection(HookPoint.residPost(5), new float[4], 1);
        Edit early = new Edit.AblateDirection(List.of(HookPoint.residPost(6), HookPoint.residPost(3)), new float[4]);
        assertThat(only(variants(3, List.of(List.of(late), List.of(late, early), List.of())))
                        .fork())
                .contains(HookPoint.residPost(3));
        assertThat(only(variants(3, List.of(List.of(late)))).fork())
                .as("rows that do not differ")
                .isEmpty();
        assertThat(only(twice(variants(3, List.of(List.of(late))))).fork())
                .as("rows of one family")
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(BlockLayout.class)
    void nothingIsSharedWhereRulesForbidIt(BlockLayout layout) {
        List<TokenSequence> rows = variants(12, edits(HookPoint.residPost(1), 3));
        assertThat(clusters(rows, new RequestPlan.Rules(1000, false, layout, ONE_REGIME)))
                .singleElement()
                .satisfies(cluster -> {
                    assertThat(cluster.shared()).isZero();
                    assertThat(cluster.fork()).isEmpty();
                });
    }

    /** An interpolation has a target for each token of its own sequence. */
    @Test
    void interpolationsShareNoBeginning() {
        List<TokenSequence> rows = new ArrayList<>(variants(20, edits(HookPoint.residPost(1), 2)));
        assertThat(only(rows).shared()).isEqualTo(20);
        TokenSequence last = rows.get(39);
        Edit interpolate = new Edit.Interpolate(HookPoint.residPost(2), new float[4 * last.length()], 0.5f);
        rows.set(39, new TokenSequence(last.tokenIds(), List.of(interpolate)));
        assertThat(only(rows).shared()).isZero();
        assertThat(only(rows).fork()).as("below it nothing differs").contains(HookPoint.residPost(1));
    }

    /** Prompts that begin with the same 20 tokens, each under each of the edits. */
    private static List<TokenSequence> variants(int prompts, List<List<Edit>> edits) {
        List<TokenSequence> rows = new ArrayList<>();
        for (List<Edit> own : edits) {
            for (int i = 0; i < prompts; i++) {
                rows.add(new TokenSequence(ids(20, 22 + 7 * i % 5, i), own));
            }
        }
        return rows;
    }

    private static List<TokenSequence> twice(List<TokenSequence> rows) {
        List<TokenSequence> twice = new ArrayList<>(rows);
        twice.addAll(rows);
        return twice;
    }

    /** Sets of edits, the first of them empty. */
    private static List<List<Edit>> edits(HookPoint at, int families) {
        float[] vector = new float[4];
        return IntStream.range(0, families)
                .mapToObj(i -> i == 0 ? List.<Edit>of() : List.<Edit>of(new Edit.AddDirection(at, vector, i)))
                .toList();
    }

    /** Tokens 3, 4, ... and from {@code shared} on some that only this number has. */
    private static int[] ids(int shared, int length, int number) {
        return IntStream.range(0, length)
                .map(t -> 3 + t + (t < shared ? 0 : 1000 * (number + 1)))
                .toArray();
    }

    private static Cluster only(List<TokenSequence> rows) {
        List<Cluster> clusters = clusters(rows, rules(1000, BlockLayout.SEQUENTIAL));
        assertThat(clusters).hasSize(1);
        return clusters.get(0);
    }

    private static List<Cluster> clusters(List<TokenSequence> rows, RequestPlan.Rules rules) {
        return RequestPlan.clusters(rows, rules);
    }

    private static RequestPlan.Rules rules(int maxSharedTokens, BlockLayout layout) {
        return new RequestPlan.Rules(maxSharedTokens, true, layout, ONE_REGIME);
    }

    private static void assertEachRowOnce(List<Cluster> clusters, List<TokenSequence> rows) {
        List<Cluster.Row> planned =
                clusters.stream().flatMap(cluster -> cluster.rows().stream()).toList();
        assertThat(planned.stream().map(Cluster.Row::index))
                .containsExactlyInAnyOrder(
                        IntStream.range(0, rows.size()).boxed().toArray(Integer[]::new));
        assertThat(planned).allSatisfy(row -> assertThat(row.sequence()).isSameAs(rows.get(row.index())));
    }
}
