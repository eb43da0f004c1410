package org.demur.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.demur.JobException;
import org.demur.cells.Cell;
import org.demur.cells.Method;
import org.demur.config.ConfigSection;
import org.junit.jupiter.api.Test;

class TreatmentsTest {
    private static List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (String set : List.of("a", "b")) {
            cells.add(Cell.of(set, Method.NONE, "", 0, 0));
            cells.add(Cell.of(set, Method.DIRECTION_ABLATION, "", 0, 0));
            for (String features : List.of("fstar", "random_0", "random_1")) {
                for (int size : new int[] {5, 20}) {
                    cells.add(Cell.of(set, Method.FEATURE_SCALE, features, size, 0));
                    cells.add(Cell.of(set, Method.FEATURE_SCALE, features, size, -1));
                }
            }
        }
        return cells;
    }

    private static List<String> chosen(String rules) {
        List<CellRule> read = ConfigSection.parse(
                        "cells = " + rules + ", cells-defaults { feature-sets = [], sizes = [], coefficients = [] }")
                .sections("cells")
                .stream()
                .map(CellRule::from)
                .toList();
        return Treatments.choose(read, cells()).stream().map(Treatment::id).toList();
    }

    @Test
    void eachIsChosenOnceWhateverItsPromptSetAndNoneComesFirst() {
        assertThat(chosen("[{ method = direction_ablation }, { method = none }]"))
                .containsExactly("none", "direction_ablation");
    }

    @Test
    void withoutSizesTheLargestIsMeant() {
        assertThat(chosen("[{ method = feature_scale, coefficients = [0] }]"))
                .containsExactly(
                        "none",
                        "feature_scale/fstar/20/0.0",
                        "feature_scale/random_0/20/0.0",
                        "feature_scale/random_1/20/0.0");
        assertThat(chosen("[{ method = feature_scale, feature-sets = [random], sizes = [5], coefficients = [-1] }]"))
                .containsExactly("none", "feature_scale/random_0/5/-1.0", "feature_scale/random_1/5/-1.0");
    }

    @Test
    void anEntryThatFitsNothingIsRefused() {
        assertThatThrownBy(() -> chosen("[{ method = feature_scale, feature-sets = [fstar], sizes = [7] }]"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("feature_scale")
                .hasMessageContaining("feature_scale/fstar/20/0.0");
    }
}
