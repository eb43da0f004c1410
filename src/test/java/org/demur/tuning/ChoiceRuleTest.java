package org.demur.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.demur.cells.Cell;
import org.demur.cells.Method;
import org.demur.losses.CrossEntropyChange;
import org.demur.statistics.Interval;
import org.demur.statistics.Proportion;
import org.junit.jupiter.api.Test;

/** Front and rule on a few trials, worked out by hand. */
class ChoiceRuleTest {
    private static final ChoiceRule RULE = new ChoiceRule(0.1);

    private static Trial trial(int size, double coefficient, int hits, double change, double high) {
        return new Trial(
                Aim.HARMFUL,
                List.of("t"),
                Cell.of("t", Method.FEATURE_SCALE, "fstar", size, coefficient),
                new Proportion(hits, 20),
                new CrossEntropyChange(100, 2, 2 + change, change, new Interval(change - 0.01, high)));
    }

    private static List<Boolean> front(Trial... trials) {
        return RULE.of(List.of(trials)).stream().map(Ruling::onFront).toList();
    }

    private static Ruling chosen(Trial... trials) {
        List<Ruling> chosen =
                RULE.of(List.of(trials)).stream().filter(Ruling::chosen).toList();
        assertThat(chosen).hasSize(1);
        return chosen.get(0);
    }

    private static List<String> reasons(Trial... trials) {
        return RULE.of(List.of(trials)).stream().map(Ruling::reason).toList();
    }

    @Test
    void theFrontHoldsWhatNothingBeatsInBoth() {
        assertThat(front(
                        trial(1, 0, 2, 0.00, 0.01),
                        trial(2, 0, 10, 0.02, 0.03),
                        trial(3, 0, 9, 0.02, 0.03),
                        trial(5, 0, 10, 0.03, 0.04),
                        trial(10, 0, 19, 0.30, 0.40),
                        trial(20, 0, 19, 0.50, 0.60)))
                .containsExactly(true, true, false, false, true, false);
    }

    @Test
    void equalsShareThePlaceOnTheFront() {
        assertThat(front(trial(1, 0, 10, 0.02, 0.03), trial(2, 0, 10, 0.02, 0.03)))
                .containsExactly(true, true);
    }

    @Test
    void aCellWithoutCrossEntropyIsBeatenByAnyOtherOfItsEffect() {
        Trial broken = trial(20, -9, 20, Double.NaN, Double.NaN);

        assertThat(front(broken, trial(1, 0, 20, 3, 4))).containsExactly(false, true);
        assertThat(chosen(broken, trial(1, 0, 1, 3, 4)).trial().cell().nFeatures())
                .isEqualTo(1);
    }

    @Test
    void theLargestEffectWithinTheLimitIsChosen() {
        Trial best = trial(5, -1, 15, 0.05, 0.09);
        Ruling ruling =
                chosen(trial(1, 0, 3, 0.0, 0.01), best, trial(10, -1, 18, 0.09, 0.11), trial(20, -3, 20, 0.6, 0.8));

        assertThat(ruling.trial()).isEqualTo(best);
        assertThat(ruling.reason())
                .isEqualTo("largest effect of the 2 of 4 cells sure to raise cross-entropy by less than 0.1 nats");
    }

    @Test
    void anUpperBoundAtTheLimitIsTooMuch() {
        assertThat(chosen(trial(1, 0, 3, 0.0, 0.01), trial(2, 0, 20, 0.05, 0.1))
                        .trial()
                        .cell()
                        .nFeatures())
                .isEqualTo(1);
    }

    @Test
    void equalEffectsGoToFewerFeaturesAndThenToTheSmallerCoefficient() {
        Trial more = trial(5, 0, 15, 0.00, 0.01);
        Trial few = trial(2, -1, 15, 0.02, 0.03);
        Trial stronger = trial(2, -3, 15, 0.01, 0.02);

        assertThat(chosen(more, stronger, few).trial()).isEqualTo(few);
        assertThat(reasons(more, stronger, few).subList(0, 2))
                .containsExactly(
                        "same effect with more features", "same effect with a larger coefficient or at more cost");
    }

    @Test
    void effectsOfDifferentNumbersOfPromptsCompareAsShares() {
        Trial third = new Trial(
                Aim.HARMFUL,
                List.of("t"),
                Cell.of("t", Method.FEATURE_SCALE, "fstar", 1, 0),
                new Proportion(1, 3),
                trial(1, 0, 0, 0, 0.01).loss());

        assertThat(trial(9, 0, 7, 0, 0.01).compareEffect(third)).isPositive();
        assertThat(trial(9, 0, 6, 0, 0.01).compareEffect(third)).isNegative();
    }

    @Test
    void withoutACheapCellTheLeastCostlyIsChosenAndTheReasonSaysSo() {
        Trial least = trial(3, -1, 4, 0.2, 0.3);
        Ruling ruling = chosen(trial(20, -3, 20, 0.6, 0.8), least);

        assertThat(ruling.trial()).isEqualTo(least);
        assertThat(ruling.reason())
                .isEqualTo(
                        "of 2 cells none is sure to raise cross-entropy by less than 0.1 nats; this one costs least");
        assertThat(reasons(trial(20, -3, 20, 0.6, 0.8), least).get(0)).isEqualTo("costs more");
    }

    @Test
    void othersLearnWhyNot() {
        assertThat(reasons(trial(1, 0, 3, 0.0, 0.01), trial(5, -1, 15, 0.05, 0.09), trial(20, -3, 20, 0.6, 0.8)))
                .first()
                .isEqualTo("smaller effect");
        assertThat(reasons(trial(5, -1, 15, 0.05, 0.09), trial(20, -3, 20, 0.6, 0.8)))
                .last()
                .isEqualTo("may raise cross-entropy by 0.1 nats or more");
    }
}
