package org.demur.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.demur.cells.AblationSites;
import org.demur.cells.SelectedDirection;
import org.demur.cells.StudyPrompt;
import org.demur.edit.Edit;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.engine.ForwardPlan;
import org.demur.engine.ForwardResult;
import org.demur.engine.LanguageModel;
import org.demur.engine.ModelSpec;
import org.demur.engine.TokenSequence;
import org.demur.model.ModelBundle;
import org.demur.runtime.ModelSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Paths on the embedded model: gradients along them add up to what moving the stream really does. */
class PathGradientsTest {
    private static final int LAYER = 4;
    private static final String MODEL = "classpath:org/demur/embedded/demur-tiny-refuser.Q8_0.gguf";

    private static LanguageModel model;
    private static ModelSpec spec;
    private static List<StudyPrompt> prompts;
    private static float[] direction_D;

    @BeforeAll
    static void open() {
        try (ModelBundle bundle = ModelSource.open(MODEL)) {
            spec = new ModelSpec(MODEL, bundle.digest(), 1);
            model = LanguageModel.load(bundle);
        }
        Random random = new Random(5);
        direction_D = new float[model.config().dModel()];
        for (int i = 0; i < direction_D.length; i++) {
            direction_D[i] = (float) random.nextGaussian();
        }
        prompts = IntStream.range(0, 3)
                .mapToObj(i -> random.ints(9 + i, 0, model.config().vocabSize()).toArray())
                .map(ids -> new StudyPrompt("set", "p" + ids.length, "harmful", ids, new String[ids.length]))
                .toList();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static AttributionPlan plan(int steps, HookPoint at) {
        int d = direction_D.length;
        FeatureSlice slice = new FeatureSlice(at, new int[1], new float[d], new float[1], new float[1], new float[d]);
        Map<Integer, FeatureSlice> slices = Map.of(at.layer(), slice);
        SelectedDirection direction = new SelectedDirection(
                2,
                -1,
                direction_D,
                model.config().nLayers(),
                List.of("resid_pre", "resid_mid", "resid_post"),
                new int[] {3});
        return new AttributionPlan(
                spec,
                slices,
                "unused",
                direction,
                new AttributionPlan.Paths(
                        List.of(), new AttributionSettings.Steps(steps, steps), Baseline.ABLATED, 1, false),
                Set.of("content"),
                512);
    }

    private static Streams streams(AttributionPlan plan, ForwardResult clean, AttributionMode mode) {
        return Streams.of(plan, clean, Streams.ablated(model, plan, prompts, mode), prompts.size(), mode);
    }

    private static double metric(ForwardResult result, int prompt, Streams streams) {
        float[] logits_V = result.lastLogits(prompt);
        return (double) logits_V[streams.complianceTokens()[prompt]] - logits_V[streams.refusalTokens()[prompt]];
    }

    @ParameterizedTest
    @EnumSource(names = {"RESID_PRE", "RESID_MID", "RESID_POST"})
    void aLayersGradientsPredictTheEffectOfMovingItAllTheWay(Site site) {
        HookPoint at = new HookPoint(site, LAYER);
        AttributionPlan plan = plan(16, at);
        ForwardResult clean = Streams.clean(model, plan, prompts);
        Streams streams = streams(plan, clean, AttributionMode.CORRECTED);
        List<float[]> targets = List.of(streams.target_TD().get(LAYER));
        List<TokenSequence> plain = prompts.stream()
                .map(prompt -> TokenSequence.plain(prompt.tokenIds()))
                .toList();
        ForwardResult moved =
                model.forward(plain, ForwardPlan.nothing().withLastLogits().startingAt(at, targets));

        Map<Integer, float[][]> gradients =
                new PathGradients(model, plan, streams, AttributionMode.CORRECTED, 0).of(prompts, List.of(0, 1, 2));

        for (int i = 0; i < prompts.size(); i++) {
            double effect = metric(moved, i, streams) - metric(clean, i, streams);
            double predicted = FeatureKernel.wholeEffect(
                    streams.clean_TD().get(LAYER)[i], targets.get(i), gradients.get(LAYER)[i]);
            assertThat(Math.abs(effect)).isGreaterThan(0.01);
            assertThat(predicted).isCloseTo(effect, within(0.02 * Math.abs(effect) + 0.01));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESID_PRE", "RESID_MID", "RESID_POST"})
    void withOneLayerThePathsDifferOnlyInTheRuleAndTheFarEnd(Site site) {
        AttributionPlan plan = plan(1, new HookPoint(site, LAYER));
        ForwardResult clean = Streams.clean(model, plan, prompts);
        Streams faithful = streams(plan, clean, AttributionMode.FAITHFUL);
        Streams atCleanPoint = new Streams(
                faithful.clean_TD(),
                faithful.clean_TD(),
                faithful.patch_TD(),
                faithful.refusalTokens(),
                faithful.complianceTokens());

        float[][] published_TD = new PathGradients(model, plan, faithful, AttributionMode.FAITHFUL, 0)
                .of(prompts, List.of(0, 1, 2))
                .get(LAYER);
        float[][] clean_TD = new PathGradients(model, plan, atCleanPoint, AttributionMode.CORRECTED, 0)
                .of(prompts, List.of(0, 1, 2))
                .get(LAYER);

        for (int i = 0; i < prompts.size(); i++) {
            for (int k = 0; k < published_TD[i].length; k++) {
                assertThat(published_TD[i][k]).isCloseTo(clean_TD[i][k], within(1e-4f));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESID_PRE", "RESID_POST"})
    void thePublishedFarEndStillHoldsTheDirectionAndTheCorrectedOneDoesNot(Site site) {
        AttributionPlan plan = plan(1, new HookPoint(site, LAYER));
        ForwardResult clean = Streams.clean(model, plan, prompts);
        float[] unit_D = SelectedDirection.unit(direction_D);

        Streams corrected = streams(plan, clean, AttributionMode.CORRECTED);
        Streams faithful = streams(plan, clean, AttributionMode.FAITHFUL);

        assertThat(along(corrected.target_TD().get(LAYER)[0], unit_D)).isLessThan(1e-3);
        assertThat(along(faithful.patch_TD().get(LAYER)[0], unit_D)).isLessThan(1e-3);
        assertThat(along(faithful.target_TD().get(LAYER)[0], unit_D)).isGreaterThan(0.05);
    }

    @Test
    void atTheCleanPointOneStepGivesTheGradientsOfAllLayers() {
        AttributionPlan plan = plan(1, HookPoint.residPost(LAYER));
        ForwardResult clean = Streams.clean(model, plan, prompts);
        Streams corrected = streams(plan, clean, AttributionMode.CORRECTED);
        Streams still = new Streams(
                corrected.clean_TD(),
                corrected.clean_TD(),
                corrected.patch_TD(),
                corrected.refusalTokens(),
                corrected.complianceTokens());

        float[][] once_TD = new PathGradients(model, plan, corrected, AttributionMode.CORRECTED, 0)
                .atClean(prompts, List.of(0, 2))
                .get(LAYER);
        float[][] along_TD = new PathGradients(model, plan, still, AttributionMode.CORRECTED, 0)
                .of(prompts, List.of(0, 2))
                .get(LAYER);

        for (int i = 0; i < 2; i++) {
            assertThat(once_TD[i]).containsExactly(along_TD[i], offset(1e-4f));
        }
    }

    @ParameterizedTest
    @EnumSource(AttributionMode.class)
    void heldTokensChangeNoGradientAfterThem(AttributionMode mode) {
        List<StudyPrompt> alike =
                prompts.stream().map(PathGradientsTest::withBeginning).toList();
        AttributionPlan plan = plan(3, HookPoint.residPost(LAYER));
        ForwardResult clean = Streams.clean(model, plan, alike);
        Streams streams = Streams.of(plan, clean, Streams.ablated(model, plan, alike, mode), alike.size(), mode);
        List<Integer> kept = List.of(2, 0);

        PathGradients whole = new PathGradients(model, plan, streams, mode, 0);
        PathGradients held = new PathGradients(model, plan, streams, mode, 5);

        int from = 5 * direction_D.length;
        for (int i = 0; i < 2; i++) {
            float[] wholePath_TD = whole.of(alike, kept).get(LAYER)[i];
            float[] heldPath_TD = held.of(alike, kept).get(LAYER)[i];
            assertThat(heldPath_TD).hasSameSizeAs(wholePath_TD);
            assertThat(Arrays.copyOf(heldPath_TD, from)).containsOnly(0);
            assertThat(Arrays.copyOfRange(heldPath_TD, from, heldPath_TD.length))
                    .containsExactly(Arrays.copyOfRange(wholePath_TD, from, wholePath_TD.length), offset(1e-4f));
            float[] atClean_TD = held.atClean(alike, kept).get(LAYER)[i];
            assertThat(Arrays.copyOfRange(atClean_TD, from, atClean_TD.length))
                    .containsExactly(
                            Arrays.copyOfRange(whole.atClean(alike, kept).get(LAYER)[i], from, atClean_TD.length),
                            offset(1e-4f));
        }
    }

    private static StudyPrompt withBeginning(StudyPrompt prompt) {
        int[] ids = prompt.tokenIds().clone();
        for (int t = 0; t < 5; t++) {
            ids[t] = 11 + t;
        }
        return new StudyPrompt("set", prompt.promptId(), "harmful", ids, prompt.tokenClasses());
    }

    @Test
    void theStreamBeforeAnOwnAblationIsThatOfARunWithoutIt() {
        AttributionPlan plan = plan(1, HookPoint.residPost(LAYER));
        ForwardResult clean = Streams.clean(model, plan, prompts);
        List<HookPoint> before = AblationSites.points(List.of("resid_post"), LAYER);
        Edit ablation = new Edit.AblateDirection(before, SelectedDirection.unit(direction_D));

        Streams faithful = streams(plan, clean, AttributionMode.FAITHFUL);
        ForwardResult apart = model.forward(
                List.of(new TokenSequence(prompts.get(1).tokenIds(), List.of(ablation))),
                ForwardPlan.capture(Set.of(HookPoint.residPost(LAYER))));

        assertThat(faithful.target_TD().get(LAYER)[1])
                .containsExactly(apart.activation(0, HookPoint.residPost(LAYER)), offset(1e-4f));
    }

    @Test
    void thePublishedAblationDoesNotTouchTheMiddleOfABlock() {
        AttributionPlan plan = plan(1, new HookPoint(Site.RESID_MID, LAYER));
        ForwardResult clean = Streams.clean(model, plan, prompts);

        Streams corrected = streams(plan, clean, AttributionMode.CORRECTED);
        Streams faithful = streams(plan, clean, AttributionMode.FAITHFUL);

        float[] unit_D = SelectedDirection.unit(direction_D);
        assertThat(along(corrected.target_TD().get(LAYER)[0], unit_D)).isLessThan(1e-3);
        assertThat(along(faithful.patch_TD().get(LAYER)[0], unit_D)).isGreaterThan(0.01);
        assertThat(faithful.target_TD().get(LAYER)[0])
                .containsExactly(faithful.patch_TD().get(LAYER)[0], offset(1e-4f));
    }

    @Test
    void theStreamIsReadWhereTheDictionaryReads() {
        HookPoint middle = new HookPoint(Site.RESID_MID, LAYER);
        ForwardResult clean = Streams.clean(model, plan(1, middle), prompts);

        assertThat(Streams.activations(clean, Set.of(middle), 1).get(LAYER)[0]).isEqualTo(clean.activation(0, middle));
        assertThatThrownBy(() -> clean.activation(0, HookPoint.residPost(LAYER)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RESID_POST");
    }

    /** Largest absolute component along the direction over the tokens. */
    private static double along(float[] stream_TD, float[] unit_D) {
        double largest = 0;
        for (int from = 0; from < stream_TD.length; from += unit_D.length) {
            double dot = 0;
            for (int i = 0; i < unit_D.length; i++) {
                dot += (double) stream_TD[from + i] * unit_D[i];
            }
            largest = Math.max(largest, Math.abs(dot));
        }
        return largest;
    }
}
