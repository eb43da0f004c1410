package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the engine promises of batches, edits, starts and threads, on the embedded model. */
class LanguageModelTest {
    private static final double CLOSE = 2e-5;
    private static EmbeddedModel embedded;
    private static LanguageModel model;
    private static List<TokenSequence> prompts;
    private static int d;
    private static int depth;

    @BeforeAll
    static void load() {
        embedded = EmbeddedModel.load();
        model = embedded.model();
        d = embedded.d();
        depth = embedded.depth();
        prompts = embedded.prompts(12, 20, 13, 31, 17, 20);
    }

    @AfterAll
    static void close() {
        embedded.close();
    }

    @Test
    void resultsDoNotDependOnTheBatch() {
        ForwardPlan plan = everything();
        ForwardResult together = model.forward(prompts, plan);
        for (int i = 0; i < prompts.size(); i++) {
            ForwardResult alone = model.forward(List.of(prompts.get(i)), plan);
            assertSame(together, i, alone, 0);
            assertThat(Golden.relativeError(together.tokenNll(i), alone.tokenNll(0)))
                    .isLessThan(CLOSE);
            assertThat(together.tokenNll(i)).hasSize(prompts.get(i).length() - 1);
        }
    }

    @Test
    void keepsOnlyTheLastPositions() {
        HookPoint point = HookPoint.residPost(2);
        ForwardPlan all = ForwardPlan.capture(Set.of(point));
        ForwardResult full = model.forward(prompts, all);
        ForwardResult last = model.forward(prompts, all.atPositions(Positions.lastN(15)));
        for (int i = 0; i < prompts.size(); i++) {
            int length = prompts.get(i).length();
            int kept = Math.min(15, length);
            float[] expected = Arrays.copyOfRange(full.activation(i, point), (length - kept) * d, length * d);
            assertThat(Golden.relativeError(last.activation(i, point), expected))
                    .isLessThan(CLOSE);
            assertThat(last.activation(i, point)).hasSize(kept * d);
        }
    }

    @Test
    void continuesFromGivenValuesOfTheStream() {
        HookPoint start = HookPoint.residPost(1);
        TreeSet<HookPoint> points = new TreeSet<>(Set.of(start, HookPoint.residPost(depth - 1)));
        ForwardPlan plan = ForwardPlan.capture(points).withLastLogits().withTokenNll();
        ForwardResult whole = model.forward(prompts, plan);
        List<float[]> values = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            values.add(whole.activation(i, start));
        }
        ForwardResult continued = model.forward(prompts, plan.startingAt(start, values));
        for (int i = 0; i < prompts.size(); i++) {
            assertThat(Golden.relativeError(continued.lastLogits(i), whole.lastLogits(i)))
                    .isLessThan(CLOSE);
            assertThat(Golden.relativeError(continued.tokenNll(i), whole.tokenNll(i)))
                    .isLessThan(CLOSE);
        }
    }

    @Test
    void removesADirectionAtEveryPoint() {
        List<HookPoint> points = HookPoint.everywhere(Set.of(Site.values()), depth);
        float[] unit = embedded.unit(11);
        Edit ablate = new Edit.AblateDirection(points, unit);
        ForwardResult result = model.forward(with(List.of(ablate)), ForwardPlan.capture(new TreeSet<>(points)));
        for (HookPoint point : points) {
            for (int i = 0; i < prompts.size(); i++) {
                float[] x = result.activation(i, point);
                for (int t = 0; t < prompts.get(i).length(); t++) {
                    assertThat(dot(x, t * d, unit)).as("%s", point).isCloseTo(0, offset(1e-4));
                }
            }
        }
    }

    @Test
    void editsFeaturesAsEncodingAndDecodingWould() {
        HookPoint at = HookPoint.residPost(3);
        FeatureSlice slice = embedded.slice(5);
        ForwardResult plain = model.forward(prompts, ForwardPlan.capture(Set.of(at)));
        for (FeatureRule rule : List.of(new FeatureRule.Scale(-2f), new FeatureRule.Clamp(1.5f))) {
            ForwardResult edited = model.forward(
                    with(List.of(new Edit.EditFeatures(at, slice, rule))), ForwardPlan.capture(Set.of(at)));
            for (int i = 0; i < prompts.size(); i++) {
                float[] expected = referenceEdit(plain.activation(i, at), slice, rule);
                assertThat(Golden.relativeError(edited.activation(i, at), expected))
                        .isLessThan(CLOSE);
            }
        }
    }

    @Test
    void eachRowHasItsOwnEdits() {
        HookPoint at = HookPoint.residPost(1);
        List<TokenSequence> rows = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            List<Edit> edits = i == 0 ? List.of() : List.of(new Edit.AddDirection(at, embedded.unit(3), i));
            rows.add(new TokenSequence(prompts.get(i).tokenIds(), edits));
        }
        ForwardPlan plan = everything();
        ForwardResult together = model.forward(rows, plan);
        for (int i = 0; i < rows.size(); i++) {
            assertSame(together, i, model.forward(List.of(rows.get(i)), plan), 0);
        }
    }

    @Test
    void interpolatesEachTokenTowardsItsTarget() {
        HookPoint at = HookPoint.residPost(2);
        ForwardResult plain = model.forward(prompts, ForwardPlan.capture(Set.of(at)));
        List<TokenSequence> rows = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            float[] target = new float[prompts.get(i).length() * d];
            Arrays.fill(target, i);
            rows.add(new TokenSequence(prompts.get(i).tokenIds(), List.of(new Edit.Interpolate(at, target, 0.25f))));
        }
        ForwardResult moved = model.forward(rows, ForwardPlan.capture(Set.of(at)));
        for (int i = 0; i < rows.size(); i++) {
            float[] expected = plain.activation(i, at).clone();
            for (int j = 0; j < expected.length; j++) {
                expected[j] = 0.75f * expected[j] + 0.25f * i;
            }
            assertThat(Golden.relativeError(moved.activation(i, at), expected)).isLessThan(CLOSE);
        }
    }

    @Test
    void gradientPredictsASmallStep() {
        HookPoint at = HookPoint.residPost(2);
        GradientPlan.LogitDifference metric = new GradientPlan.LogitDifference(5, 9);
        GradientPlan plan = GradientPlan.of(Set.of(at), List.of(metric));
        for (TokenSequence prompt : prompts) {
            GradientResult result = model.gradients(List.of(prompt), plan);
            float[] gradient = result.gradient(0, at);
            float[] step = embedded.unit(23);
            double predicted = 0;
            for (int t = 0; t < prompt.length(); t++) {
                predicted += dot(gradient, t * d, step);
            }
            float size = 1e-2f;
            double up = metric(prompt, new Edit.AddDirection(at, step, size), metric);
            double down = metric(prompt, new Edit.AddDirection(at, step, -size), metric);
            assertThat((up - down) / (2 * size)).isCloseTo(predicted, offset(0.01 * (1 + Math.abs(predicted))));
        }
    }

    @Test
    void gradientsMayStartAtAGivenStream() {
        HookPoint at = HookPoint.residPost(2);
        List<GradientPlan.LogitDifference> metrics =
                Collections.nCopies(prompts.size(), new GradientPlan.LogitDifference(5, 9));
        ForwardResult clean = model.forward(prompts, ForwardPlan.capture(Set.of(at)));
        List<float[]> values = new ArrayList<>();
        for (int b = 0; b < prompts.size(); b++) {
            values.add(clean.activation(b, at));
        }

        GradientResult whole = model.gradients(prompts, GradientPlan.of(Set.of(at), metrics));
        GradientResult started =
                model.gradients(prompts, GradientPlan.of(Set.of(at), metrics).startingAt(at, values));

        for (int b = 0; b < prompts.size(); b++) {
            assertThat(Golden.relativeError(started.gradient(b, at), whole.gradient(b, at)))
                    .isLessThan(1e-5);
            assertThat(started.metric(b)).isCloseTo(whole.metric(b), within(1e-3f));
        }
    }

    @Test
    void generatesWhatRepeatedForwardPassesChoose() {
        List<Edit> edits = List.of(
                new Edit.AblateDirection(HookPoint.everywhere(Set.of(Site.RESID_POST), depth), embedded.unit(4)),
                new Edit.EditFeatures(HookPoint.residPost(3), embedded.slice(3), new FeatureRule.Scale(0)));
        for (List<Edit> applied : List.of(List.<Edit>of(), edits)) {
            List<TokenSequence> rows = with(applied);
            List<Generation> generations = model.generate(rows, new GenerationPlan(9, Set.of(), 3));
            for (int i = 0; i < rows.size(); i++) {
                assertThat(generations.get(i).tokenIds()).isEqualTo(greedy(rows.get(i), 9));
                assertThat(generations.get(i).finish()).isEqualTo(Generation.Finish.LENGTH);
            }
        }
    }

    @Test
    void stopsAtAStopTokenAndGoesOnWithTheOthers() {
        int[] first = greedy(prompts.get(0), 6);
        List<Generation> generations = model.generate(prompts, new GenerationPlan(12, Set.of(first[3]), 5));
        for (int i = 0; i < prompts.size(); i++) {
            int[] expected = greedy(prompts.get(i), 12);
            int stop = 0;
            while (stop < expected.length && expected[stop] != first[3]) {
                stop++;
            }
            assertThat(generations.get(i).tokenIds()).isEqualTo(Arrays.copyOf(expected, stop));
        }
        assertThat(generations.get(0).finish()).isEqualTo(Generation.Finish.STOP);
    }

    @Test
    void severalThreadsMayCallOneModel() throws Exception {
        ForwardPlan plan = everything();
        ForwardResult expected = model.forward(prompts, plan);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<ForwardResult>> results = threads.invokeAll(List.<Callable<ForwardResult>>of(
                    () -> model.forward(prompts, plan), () -> model.forward(prompts, plan)));
            for (Future<ForwardResult> result : results) {
                for (int i = 0; i < prompts.size(); i++) {
                    assertThat(result.get().lastLogits(i)).isEqualTo(expected.lastLogits(i));
                }
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void namesWhatWasNotCaptured() {
        ForwardResult result = model.forward(prompts, ForwardPlan.capture(Set.of(HookPoint.residPost(0))));
        assertThatThrownBy(() -> result.activation(0, HookPoint.residPost(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("was not captured");
    }

    private static ForwardPlan everything() {
        return ForwardPlan.capture(new TreeSet<>(HookPoint.everywhere(Set.of(Site.values()), depth)))
                .withLastLogits()
                .withTokenNll();
    }

    private static void assertSame(ForwardResult actual, int i, ForwardResult expected, int j) {
        for (HookPoint point : HookPoint.everywhere(Set.of(Site.values()), depth)) {
            assertThat(Golden.relativeError(actual.activation(i, point), expected.activation(j, point)))
                    .as("%s of row %d", point, i)
                    .isLessThan(CLOSE);
        }
        assertThat(Golden.relativeError(actual.lastLogits(i), expected.lastLogits(j)))
                .isLessThan(CLOSE);
    }

    private static List<TokenSequence> with(List<Edit> edits) {
        return prompts.stream()
                .map(prompt -> new TokenSequence(prompt.tokenIds(), edits))
                .toList();
    }

    private static int[] greedy(TokenSequence prompt, int count) {
        int[] ids = prompt.tokenIds();
        for (int step = 0; step < count; step++) {
            TokenSequence row = new TokenSequence(ids, prompt.edits());
            float[] logits = model.forward(List.of(row), ForwardPlan.nothing().withLastLogits())
                    .lastLogits(0);
            int best = 0;
            for (int v = 1; v < logits.length; v++) {
                best = logits[v] > logits[best] ? v : best;
            }
            ids = Arrays.copyOf(ids, ids.length + 1);
            ids[ids.length - 1] = best;
        }
        return Arrays.copyOfRange(ids, prompt.length(), ids.length);
    }

    private static double metric(TokenSequence prompt, Edit edit, GradientPlan.LogitDifference metric) {
        TokenSequence row = new TokenSequence(prompt.tokenIds(), List.of(edit));
        float[] logits = model.forward(List.of(row), ForwardPlan.nothing().withLastLogits())
                .lastLogits(0);
        return logits[metric.plusToken()] - (double) logits[metric.minusToken()];
    }

    private static float[] referenceEdit(float[] x_TD, FeatureSlice slice, FeatureRule rule) {
        float[] edited = x_TD.clone();
        for (int t = 0; t < x_TD.length / d; t++) {
            for (int m = 0; m < slice.size(); m++) {
                float[] encoder = Arrays.copyOfRange(slice.w_enc_MD(), m * d, (m + 1) * d);
                double h = dot(x_TD, t * d, encoder) + slice.b_enc_M()[m];
                double f = h > slice.threshold_M()[m] ? h : 0;
                double changed = rule instanceof FeatureRule.Scale scale
                        ? f * scale.factor()
                        : ((FeatureRule.Clamp) rule).value();
                for (int i = 0; i < d; i++) {
                    edited[t * d + i] += (float) ((changed - f) * slice.w_dec_MD()[m * d + i]);
                }
            }
        }
        return edited;
    }

    private static double dot(float[] x, int at, float[] y) {
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            sum += x[at + i] * (double) y[i];
        }
        return sum;
    }
}
