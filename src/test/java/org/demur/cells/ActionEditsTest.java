package org.demur.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.demur.JobException;
import org.demur.edit.Condition;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.prompts.TokenClass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modifiers, borrowed values and compositions of actions. */
class ActionEditsTest {
    private static final SelectedDirection DIRECTION =
            new SelectedDirection(3, -1, new float[] {3, 4}, 6, List.of("resid_post"), new int[] {9});
    private static final FeatureSets SETS = new FeatureSets(
            Map.of(
                    "a", List.of(new RankedFeature(1, 2, 0, 2), new RankedFeature(2, 4, 0, 4)),
                    "b", List.of(new RankedFeature(1, 2, 1, 1), new RankedFeature(2, 4, 0, 4))),
            Map.of());
    private static final List<String> PLAIN = List.of("bos", "content", "content", "post_instruction");
    private static final List<String> LONG =
            List.of("bos", "content", "content", "content", "post_instruction", "post_instruction");
    private static final ReferenceValues VALUES = new ReferenceValues(
            Map.of(2, new int[] {0, 1}, 4, new int[] {0}),
            List.of(
                    new TokenValues(
                            "plain", "p1", PLAIN, Map.of(2, new float[] {9, 9, 1, 10, 2, 20, 3, 30}, 4, new float[] {
                                9, 5, 6, 7
                            })),
                    new TokenValues(
                            "plain", "p2", PLAIN, Map.of(2, new float[] {8, 8, 4, 40, 5, 50, 6, 60}, 4, new float[] {
                                8, 1, 2, 3
                            }))),
            Map.of("jail/j1", LONG),
            Map.of("goal", Map.of("jail/j1", "p1")));

    private final CellEdits edits = new CellEdits(DIRECTION, SETS, Map.of(2, slice(2, 2), 4, slice(4, 1))).with(VALUES);

    private static FeatureSlice slice(int layer, int features) {
        float[] ones = new float[2 * features];
        java.util.Arrays.fill(ones, layer);
        int[] ids = java.util.stream.IntStream.range(0, features).toArray();
        return new FeatureSlice(HookPoint.residPost(layer), ids, ones, new float[features], new float[features], ones);
    }

    private static Action action(Method method, String set, double coefficient, Scope scope, Trigger trigger) {
        FeatureChoice choice = set.isEmpty() ? FeatureChoice.NONE : new FeatureChoice(set, 2);
        Reference reference = method.takesReference()
                ? new Reference("plain", method == Method.FEATURE_RESTORE ? "goal" : "")
                : Reference.NONE;
        return new Action(method, choice, coefficient, scope, trigger, reference);
    }

    private List<Edit> made(Action... actions) {
        return edits.edits(Cell.of("jail", new Intervention(List.of(actions))), "j1");
    }

    private static FeatureRule rule(Edit edit) {
        return ((Edit.EditFeatures) edit).rule();
    }

    @Test
    void scopesChooseLayersAndTokens() {
        Scope scope = new Scope(List.of("content"), List.of("prompt"), List.of(4));
        List<Edit> made = made(action(Method.FEATURE_SCALE, "a", 0, scope, Trigger.ALWAYS));

        assertThat(made).singleElement().isInstanceOfSatisfying(Edit.Within.class, within -> {
            assertThat(within.points()).containsExactly(HookPoint.residPost(4));
            assertThat(within.prompt()).isEqualTo(Set.of(TokenClass.CONTENT));
            assertThat(within.generated()).isFalse();
        });
        Scope decode = Scope.phases(List.of("decode"));
        Edit.Within written = (Edit.Within) made(action(Method.DIRECTION_ABLATION, "", 0, decode, Trigger.ALWAYS))
                .get(0);
        assertThat(written.prompt()).isEqualTo(Set.of(TokenClass.RESPONSE));
        assertThat(written.generated()).isTrue();
        Scope layers = new Scope(List.of(), List.of("prompt", "decode"), List.of(1, 5));
        assertThat(made(action(Method.DIRECTION_ADDITION, "", 2, layers, Trigger.ALWAYS)))
                .flatExtracting(Edit::points)
                .containsExactly(HookPoint.residPost(1), HookPoint.residPost(5));
        assertThat(made(action(Method.DIRECTION_ABLATION, "", 0, layers, Trigger.ALWAYS)))
                .flatExtracting(Edit::points)
                .containsExactly(HookPoint.residPost(1), HookPoint.residPost(5));
    }

    @Test
    void triggersBecomeConditions() {
        Trigger early = Trigger.direction(1, 2.5);
        List<Edit> made = made(action(Method.FEATURE_SCALE, "a", 0, Scope.EVERYWHERE, early));
        assertThat(made).hasSize(2);
        Condition first = ((Edit.When) made.get(0)).condition();
        assertThat(first).isInstanceOfSatisfying(Condition.ProjectionAbove.class, above -> {
            assertThat(above.at()).isEqualTo(HookPoint.residPost(1));
            assertThat(above.unit()).containsExactly(0.6f, 0.8f);
            assertThat(above.value()).isEqualTo(2.5f);
        });
        assertThat(((Edit.When) made.get(1)).condition()).isSameAs(first);

        List<Edit> own = made(action(Method.DIRECTION_ABLATION, "", 0, Scope.EVERYWHERE, Trigger.direction(-1, 0)));
        assertThat(own).hasSize(6).allSatisfy(edit -> assertThat(
                        ((Edit.When) edit).condition().at())
                .isEqualTo(edit.points().get(0)));

        Trigger late = Trigger.feature(4, 0, 1);
        assertThatThrownBy(() -> made(action(Method.FEATURE_SCALE, "a", 0, Scope.EVERYWHERE, late)))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("layer 2 waits for a condition at resid_post of layer 4");
    }

    @Test
    void theLastActionThatNamesAFeatureEditsIt() {
        List<Edit> made = made(
                action(Method.FEATURE_SCALE, "a", 0, Scope.EVERYWHERE, Trigger.ALWAYS),
                action(Method.FEATURE_RETAIN, "b", 0, Scope.EVERYWHERE, Trigger.ALWAYS));

        assertThat(made).hasSize(3);
        assertThat(rule(made.get(0))).isEqualTo(new FeatureRule.Scale(0));
        assertThat(made.subList(1, 3)).allSatisfy(edit -> assertThat(rule(edit)).isEqualTo(new FeatureRule.Unedited()));
        assertThat(made.subList(1, 3))
                .flatExtracting(Edit::points)
                .containsExactly(HookPoint.residPost(2), HookPoint.residPost(4));
    }

    @Test
    void meansLeaveOutWhatIsTheSameInEveryPrompt() {
        List<Edit> made = made(action(Method.FEATURE_MEAN_ABLATION, "b", 0, Scope.EVERYWHERE, Trigger.ALWAYS));

        assertThat(((FeatureRule.Each) rule(made.get(0))).value_M()).containsExactly(35);
        assertThat(((FeatureRule.Each) rule(made.get(1))).value_M()).containsExactly(4);
    }

    @Test
    void restoredValuesAreThoseOfThePartnerAtTheSamePlaces() {
        List<Edit> made = made(action(Method.FEATURE_RESTORE, "b", 2, Scope.EVERYWHERE, Trigger.ALWAYS));
        Edit.Within first = (Edit.Within) made.get(0);

        assertThat(first.generated()).isFalse();
        assertThat(((FeatureRule.AtTokens) rule(first.edit())).value_TM())
                .containsExactly(18, Float.NaN, 20, 40, 60, Float.NaN);
    }

    @Test
    void resampledValuesComeFromTokensOfTheSameClassAndAreDrawnAlike() {
        Action action = action(Method.FEATURE_RESAMPLE_ABLATION, "b", 0, Scope.EVERYWHERE, Trigger.ALWAYS);
        float[] values = ((FeatureRule.AtTokens) rule(made(action).get(0))).value_TM();
        float[] again = ((FeatureRule.AtTokens)
                        rule(new CellEdits(DIRECTION, SETS, Map.of(2, slice(2, 2), 4, slice(4, 1)))
                                .with(VALUES)
                                .edits(Cell.of("jail", new Intervention(List.of(action))), "j1")
                                .get(0)))
                .value_TM();

        assertThat(values).hasSize(LONG.size() + 256).isEqualTo(again);
        assertThat(values[0]).isIn(9f, 8f);
        for (int t = 1; t < 4; t++) {
            assertThat(values[t]).isIn(10f, 20f, 40f, 50f);
        }
        assertThat(values[4]).isIn(30f, 60f);
        assertThat(java.util.Arrays.copyOfRange(values, 6, 262)).contains(10, 20, 40, 50);
    }

    @Test
    void promptsWithoutPartnersAreNamed() {
        Action action = action(Method.FEATURE_RESTORE, "b", 1, Scope.EVERYWHERE, Trigger.ALWAYS);
        Cell cell = Cell.of("jail", new Intervention(List.of(action)));

        assertThatThrownBy(() -> edits.edits(cell, "j2"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Prompt j2 of jail has no partner in plain")
                .hasMessageContaining("column goal");
        assertThat(edits.isOfPrompt(cell)).isTrue();
        assertThat(edits.isOfPrompt(Cell.of("jail", Method.FEATURE_SCALE, "a", 1, 0)))
                .isFalse();
    }

    @Test
    void interventionsAndValuesSurviveBeingWritten(@TempDir Path folder) {
        Intervention intervention = new Intervention(List.of(
                action(
                        Method.FEATURE_CAP,
                        "a",
                        0.5,
                        new Scope(List.of("content"), List.of("decode"), List.of(3)),
                        Trigger.feature(2, 1, 0.25)),
                action(Method.FEATURE_RESTORE, "b", 1, Scope.EVERYWHERE, Trigger.ALWAYS)));
        Cell sealed = edits.sealed(Cell.of("jail", intervention));
        VALUES.write(folder);

        assertThat(Intervention.parse(intervention.json())).isEqualTo(intervention);
        assertThat(Intervention.parse(sealed.intervention()).evidence().dictionaries())
                .containsOnlyKeys(2, 4);
        assertThat(Intervention.parse(sealed.intervention()).evidence().members())
                .containsExactly(List.of("2/0"), List.of("2/1", "4/0"));
        assertThat(Intervention.parse(sealed.intervention()).json()).isEqualTo(sealed.intervention());
        assertThat(ReferenceValues.read(folder)).usingRecursiveComparison().isEqualTo(VALUES);
    }
}
