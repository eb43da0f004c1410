package org.demur.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.demur.schema.Table;
import org.demur.statistics.Bootstrap;
import org.demur.statistics.Interval;
import org.demur.statistics.Proportion;
import org.junit.jupiter.api.Test;

class EffectTest {
    private static final Bootstrap BOOTSTRAP = new Bootstrap(500, 0.95, 3);

    private static Row row(String id, Boolean correct, int tokens, int textTokens, double value, double base) {
        Object[] values = {
            "b", id, "none", "none", null, 0, null, "m", "sum", correct, null, tokens, textTokens, value, base, false
        };
        return new GenericRowWithSchema(values, Table.CAPABILITY_ITEMS.schema());
    }

    private static List<Row> answers(String verdicts) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < verdicts.length(); i++) {
            rows.add(row("i" + i, verdicts.charAt(i) == '+', 1, 0, 0, 0));
        }
        return rows;
    }

    @Test
    void answersAreComparedInPairs() {
        Effect effect = Effect.ofAnswers(answers("+----++-"), answers("+++++++-"), BOOTSTRAP);

        assertThat(effect.value()).isEqualTo(3 / 8.0);
        assertThat(effect.base()).isEqualTo(7 / 8.0);
        assertThat(effect.p()).hasValueSatisfying(p -> assertThat(p).isCloseTo(2 / 16.0, within(1e-12)));
        Interval change = effect.change().orElseThrow();
        assertThat(change.low()).isLessThanOrEqualTo(-0.5);
        assertThat(change.high()).isBetween(-0.5, 0.0);
    }

    @Test
    void lossesAreWeightedByTokensAndThePublishedOnesByPaddedPlaces() {
        List<Row> texts =
                List.of(row("a", null, 2, 10, 4, 2), row("b", null, 8, 20, 8, 8), row("c", null, 5, 5, 10, 5));

        Effect corrected = Effect.ofLosses(texts, BOOTSTRAP);
        Effect faithful = Effect.ofPaddedLosses(texts, 2);

        assertThat(corrected.value()).isEqualTo(22 / 15.0);
        assertThat(corrected.base()).isEqualTo(1);
        assertThat(corrected.p()).hasValue(0.5);
        assertThat(faithful.value()).isCloseTo((12 / 40.0 + 10 / 5.0) / 2, within(1e-12));
        assertThat(faithful.base()).isCloseTo((10 / 40.0 + 5 / 5.0) / 2, within(1e-12));
        assertThat(faithful.change()).isEmpty();
    }

    @Test
    void theDifferenceOfTwoRatesHasNewcombesInterval() {
        // Newcombe 1998, table II, example (a): 56/70 against 48/80.
        Interval interval = OverRefusal.difference(new Proportion(56, 70), new Proportion(48, 80));

        assertThat(interval.low()).isCloseTo(0.0524, within(5e-5));
        assertThat(interval.high()).isCloseTo(0.3339, within(5e-5));
    }
}
