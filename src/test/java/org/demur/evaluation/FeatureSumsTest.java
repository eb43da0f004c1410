package org.demur.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FeatureSumsTest {
    private static final List<ActiveFeatures> ROWS = List.of(
            row(new int[] {0, 3}, 1, 2),
            row(new int[] {3}, 0.5f),
            row(new int[] {}),
            row(new int[] {0, 1, 3}, 3, 1, 1));

    private static ActiveFeatures row(int[] features, float... values) {
        return new ActiveFeatures(features, values);
    }

    private static FeatureSums sums(List<ActiveFeatures> rows) {
        FeatureSums sums = new FeatureSums(8);
        rows.forEach(sums::add);
        return sums;
    }

    @Test
    void rowsMayHaveAnyNumberOfActiveFeatures() {
        Activity activity = sums(ROWS).activity();
        assertThat(activity.l0()).isEqualTo(new Activity.Count(6.0 / 4, 0, 1, 3, 3));
        assertThat(activity.l1()).isCloseTo(8.5 / 4, within(1e-12));
        assertThat(activity.silent()).isEqualTo(5.0 / 8);
        assertThat(sums(ROWS).rowsByActive()).isEqualTo(Map.of(0, 1L, 1, 1L, 2, 1L, 3, 1L));
    }

    @Test
    void everyFeatureHasItsDensityMeanAndLargestValue() {
        FeatureSums sums = sums(ROWS);
        assertThat(sums.density(3)).isEqualTo(0.75);
        assertThat(sums.meanActive(3)).isCloseTo(3.5 / 3, within(1e-12));
        assertThat(sums.largest(0)).isEqualTo(3);
        assertThat(sums.count(7)).isZero();
        assertThat(sums.meanActive(7)).isNaN();
    }

    @Test
    void partsAddUpToTheWhole() {
        FeatureSums parts = sums(ROWS.subList(0, 1));
        parts.add(sums(ROWS.subList(1, 4)));
        assertThat(parts.activity()).isEqualTo(sums(ROWS).activity());
        assertThat(parts.rowsByActive()).isEqualTo(sums(ROWS).rowsByActive());
        assertThat(parts.largest(0)).isEqualTo(3);
    }

    @Test
    void valuesBelowZeroCountByTheirSize() {
        FeatureSums sums = sums(List.of(row(new int[] {2}, -3), row(new int[] {2}, 1)));
        sums.add(sums(List.of(row(new int[] {2}, 2))));
        assertThat(sums.largest(2)).isEqualTo(-3);
        assertThat(sums.meanActive(2)).isZero();
        assertThat(sums.activity().l1()).isCloseTo(2, within(1e-12));
    }

    @Test
    void denseMeansMoreThanTheShareAndNotAsMuch() {
        List<ActiveFeatures> rows = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            rows.add(
                    i < 1 ? row(new int[] {0, 1, 2}, 1, 1, 1) : i < 10 ? row(new int[] {1, 2}, 1, 1) : row(new int[0]));
        }
        rows.set(99, row(new int[] {2}, 1));
        Activity activity = sums(rows).activity();
        assertThat(activity.aboveOnePercent()).isEqualTo(2.0 / 8);
        assertThat(activity.aboveTenPercent()).isEqualTo(1.0 / 8);
        assertThat(activity.l0().p50()).isZero();
        assertThat(activity.l0().p95()).isEqualTo(2);
    }
}
