package org.demur.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.demur.JobException;
import org.demur.edit.Edit;
import org.demur.edit.FeatureRule;
import org.demur.edit.FeatureSlice;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.junit.jupiter.api.Test;

class CellEditsTest {
    private static final FeatureSlice SLICE_4 = new FeatureSlice(
            new HookPoint(Site.RESID_MID, 4),
            new int[] {3, 8, 11},
            new float[] {1, 2, 3, 4, 5, 6},
            new float[] {0.1f, 0.2f, 0.3f},
            new float[] {1, 2, 3},
            new float[] {10, 20, 30, 40, 50, 60});
    private static final FeatureSlice SLICE_2 = new FeatureSlice(
            HookPoint.residPost(2), new int[] {5}, new float[] {7, 8}, new float[] {0}, new float[] {1}, new float[] {
                1, 0
            });
    private static final SelectedDirection DIRECTION =
            new SelectedDirection(3, -1, new float[] {3, 4}, 6, List.of("resid_post"), new int[] {9});
    private static final FeatureSets SETS = new FeatureSets(
            Map.of(
                    "fstar",
                    List.of(
                            new RankedFeature(1, 4, 11, 2f),
                            new RankedFeature(2, 2, 5, 4f),
                            new RankedFeature(3, 4, 3, 0f))),
            Map.of("fstar_prompt", Map.of("p1", List.of(new RankedFeature(1, 4, 8, 1f)))));
    private final CellEdits edits = new CellEdits(DIRECTION, SETS, Map.of(2, SLICE_2, 4, SLICE_4));

    private static Cell cell(Method method, String set, int n, double coefficient) {
        return Cell.of("set", method, set, n, coefficient);
    }

    @Test
    void directionIsNormalisedForAblationAndRawForAddition() {
        Edit.AblateDirection ablation = (Edit.AblateDirection)
                edits.edits(cell(Method.DIRECTION_ABLATION, "", 0, 0), "p").get(0);
        Edit.AddDirection addition = (Edit.AddDirection)
                edits.edits(cell(Method.DIRECTION_ADDITION, "", 0, -1), "p").get(0);

        assertThat(ablation.unit()).containsExactly(0.6f, 0.8f);
        assertThat(ablation.points()).hasSize(6);
        assertThat(addition.vector()).containsExactly(3, 4);
        assertThat(addition.coefficient()).isEqualTo(-1);
        assertThat(addition.at().layer()).isEqualTo(3);
    }

    @Test
    void scaledFeaturesAreGroupedByLayerInForwardOrder() {
        List<Edit> made = edits.edits(cell(Method.FEATURE_SCALE, "fstar", 3, -1), "p");

        assertThat(made).hasSize(2);
        Edit.EditFeatures second = (Edit.EditFeatures) made.get(1);
        assertThat(((Edit.EditFeatures) made.get(0)).at().layer()).isEqualTo(2);
        assertThat(second.features().features_M()).containsExactly(11, 3);
        assertThat(second.features().w_enc_MD()).containsExactly(5, 6, 1, 2);
        assertThat(second.features().w_dec_MD()).containsExactly(50, 60, 10, 20);
        assertThat(second.features().threshold_M()).containsExactly(3, 1);
        assertThat(second.rule()).isEqualTo(new FeatureRule.Scale(-1));
    }

    @Test
    void featuresAreEditedWhereTheirDictionaryReads() {
        for (Method method : List.of(Method.FEATURE_SCALE, Method.FEATURE_CLAMP)) {
            assertThat(edits.edits(cell(method, "fstar", 3, 1), "p"))
                    .flatExtracting(Edit::points)
                    .containsExactly(HookPoint.residPost(2), new HookPoint(Site.RESID_MID, 4));
        }
    }

    @Test
    void onlyTheBestRankedFeaturesAreTaken() {
        List<Edit> made = edits.edits(cell(Method.FEATURE_SCALE, "fstar", 1, 0), "p");

        assertThat(made).hasSize(1);
        assertThat(((Edit.EditFeatures) made.get(0)).features().features_M()).containsExactly(11);
    }

    @Test
    void clampsAreInUnitsOfTheLargestActivation() {
        Edit.EditFeatures made = (Edit.EditFeatures)
                edits.edits(cell(Method.FEATURE_CLAMP, "fstar", 3, 1.5), "p").get(1);

        assertThat(made.rule()).isEqualTo(new FeatureRule.Clamp(1.5f));
        assertThat(made.features().w_enc_MD()).containsExactly(2.5f, 3, 0, 0);
        assertThat(made.features().w_dec_MD()).containsExactly(100, 120, 0, 0);
        assertThat(made.features().threshold_M()).containsExactly(1.5f, 0);
        assertThat(made.features().b_enc_M()[0]).isEqualTo(0.15f);
    }

    @Test
    void promptsOfACellShareTheSameEditsUnlessTheSetIsPerPrompt() {
        Cell shared = cell(Method.FEATURE_SCALE, "fstar", 3, 0);
        Cell own = cell(Method.FEATURE_SCALE, "fstar_prompt", 20, 0);

        assertThat(edits.edits(shared, "p1")).isSameAs(edits.edits(shared, "p2"));
        assertThat(edits.edits(own, "p1")).hasSize(1);
        assertThatThrownBy(() -> edits.edits(own, "p2"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("No features in set 'fstar_prompt' for prompt p2")
                .hasMessageContaining("'attribution'");
    }

    @Test
    void theBaseCellEditsNothing() {
        assertThat(edits.edits(cell(Method.NONE, "", 0, 0), "p")).isEmpty();
    }
}
