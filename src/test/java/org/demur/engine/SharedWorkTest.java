package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.model.BlockLayout;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What rows of a request share is computed once, and gives what each row alone would get. */
class SharedWorkTest {
    private static final double CLOSE = 2e-5;
    private static EmbeddedModel embedded;
    private static LanguageModel model;
    private static List<TokenSequence> prompts;

    @BeforeAll
    static void load() {
        embedded = EmbeddedModel.load();
        model = embedded.model();
        prompts = embedded.prompts(12, 20, 13, 31, 17, 20, 44, 15, 26);
    }

    @AfterAll
    static void close() {
        embedded.close();
    }

    @ParameterizedTest
    @EnumSource(Site.class)
    void variantsOfAPromptShareTheBlocksBelowTheirEdits(Site site) {
        HookPoint at = new HookPoint(site, 2);
        FeatureSlice slice = embedded.slice(4);
        List<TokenSequence> rows = new ArrayList<>();
        for (float factor : new float[] {0, -1, 3, 3}) {
            List<Edit> edits = List.of(new Edit.EditFeatures(at, slice, new FeatureRule.Scale(factor)));
            prompts.forEach(prompt -> rows.add(new TokenSequence(prompt.tokenIds(), edits)));
        }
        rows.addAll(prompts);
        List<Cluster> clusters = RequestPlan.clusters(rows, rules());
        assertThat(clusters).singleElement().satisfies(cluster -> {
            assertThat(cluster.shared()).isEqualTo(12);
            assertThat(cluster.fork()).isPresent();
            assertThat(cluster.fork().get()).isLessThanOrEqualTo(at);
        });
        assertEachAsAlone(rows, 256);
        assertEachAsAlone(rows, 40);
    }

    @Test
    void rowsOfDifferentEditsAndPromptsGoTogether() {
        List<TokenSequence> rows = new ArrayList<>();
        HookPoint at = HookPoint.residPost(1);
        for (int i = 0; i < prompts.size(); i++) {
            float[] target = new float[prompts.get(i).length() * embedded.d()];
            Arrays.fill(target, i);
            rows.add(new TokenSequence(prompts.get(i).tokenIds(), List.of(new Edit.Interpolate(at, target, 0.1f * i))));
            rows.add(new TokenSequence(
                    prompts.get(i).tokenIds(), List.of(new Edit.AddDirection(at, embedded.unit(5), i))));
            rows.add(prompts.get(i));
        }
        assertEachAsAlone(rows, 512);
    }

    @Test
    void continuationsOfVariantsAreThoseOfEachAlone() {
        float[] vector = embedded.unit(8);
        List<TokenSequence> rows = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            List<Edit> edits =
                    i == 0 ? List.of() : List.of(new Edit.AddDirection(HookPoint.residPost(2), vector, 4 * i));
            prompts.forEach(prompt -> rows.add(new TokenSequence(prompt.tokenIds(), edits)));
        }
        assertThat(RequestPlan.clusters(rows, rules())).singleElement().satisfies(cluster -> assertThat(cluster.fork())
                .contains(HookPoint.residPost(2)));
        List<Generation> together = model.generate(rows, new GenerationPlan(10, Set.of(), 7));
        assertThat(partings(together))
                .as("variants of a prompt that part after their first token")
                .isPositive();
        for (int i = 0; i < rows.size(); i++) {
            List<Generation> alone = model.generate(List.of(rows.get(i)), new GenerationPlan(10, Set.of(), 1));
            assertThat(together.get(i))
                    .as("row %d", i)
                    .usingRecursiveComparison()
                    .isEqualTo(alone.get(0));
        }
    }

    /** Pairs of variants of one prompt that begin with the same token and later differ. */
    private static long partings(List<Generation> generations) {
        long partings = 0;
        for (int a = 0; a < generations.size(); a++) {
            for (int b = a + prompts.size(); b < generations.size(); b += prompts.size()) {
                int[] first = generations.get(a).tokenIds();
                partings += Arrays.mismatch(first, generations.get(b).tokenIds()) > 0 ? 1 : 0;
            }
        }
        return partings;
    }

    @Test
    void aSharedBeginningRunsOnceForAllBatches() {
        List<TokenSequence> rows = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            rows.addAll(prompts);
        }
        Cluster cluster = RequestPlan.clusters(rows, rules()).get(0);
        assertThat(cluster.shared()).isEqualTo(12);
        assertThat(cluster.families()).isEqualTo(1);
        assertThat(cluster.fork()).isEmpty();
        assertThat(cluster.parts(60)).hasSizeGreaterThan(3).allSatisfy(part -> assertThat(
                        part.stream().mapToInt(row -> row.length() - 12).sum())
                .isLessThanOrEqualTo(60));
        assertEachAsAlone(rows, 60);
    }

    @Test
    void promptsWithoutACommonBeginningShareNone() {
        List<TokenSequence> rows = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int[] ids = prompts.get(5).tokenIds().clone();
            ids[0] = 3 + i;
            rows.add(TokenSequence.plain(ids));
        }
        rows.addAll(embedded.prompts(12, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42));
        List<Cluster> clusters = RequestPlan.clusters(rows, rules());
        assertThat(clusters).hasSize(2);
        assertThat(clusters.stream().mapToInt(Cluster::shared)).containsExactlyInAnyOrder(0, 12);
        assertEachAsAlone(rows, 300);
    }

    private static RequestPlan.Rules rules() {
        return new RequestPlan.Rules(1000, true, BlockLayout.SEQUENTIAL, length -> List.of(0));
    }

    private static void assertEachAsAlone(List<TokenSequence> rows, int maxTokens) {
        TreeSet<HookPoint> points = new TreeSet<>(HookPoint.everywhere(Set.of(Site.values()), embedded.depth()));
        ForwardPlan plan = ForwardPlan.capture(points).withLastLogits().withTokenNll();
        ForwardResult together = model.forward(rows, plan.withMaxTokensPerBatch(maxTokens));
        for (int i = 0; i < rows.size(); i++) {
            ForwardResult alone = model.forward(List.of(rows.get(i)), plan);
            for (HookPoint point : points) {
                assertThat(Golden.relativeError(together.activation(i, point), alone.activation(0, point)))
                        .as("%s of row %d", point, i)
                        .isLessThan(CLOSE);
            }
            assertThat(Golden.relativeError(together.lastLogits(i), alone.lastLogits(0)))
                    .isLessThan(CLOSE);
            assertThat(Golden.relativeError(together.tokenNll(i), alone.tokenNll(0)))
                    .isLessThan(CLOSE);
        }
    }
}
