package org.demur.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** From readings to the figures of a report. */
class FiguresTest {
    private static final double EXACT = 1e-12;

    @Test
    void medianOfAnEvenNumberLiesBetweenTheTwoInTheMiddle() {
        assertThat(Spread.of(3, 1, 2)).isEqualTo(new Spread(2, 1, 3, 3));
        assertThat(Spread.of(10, 1, 2, 4)).isEqualTo(new Spread(3, 1, 10, 4));
        assertThatThrownBy(Spread::of)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A spread needs at least one reading");
    }

    @Test
    void ratesAndRatiosAreThoseOfEachRound() {
        Timings plain = new Timings(List.of(run(2, 0.4), run(4, 0.4)));
        Timings edited = new Timings(List.of(run(4, 0), run(4, 0)));

        assertThat(plain.rate(8)).isEqualTo(new Spread(3, 2, 4, 2));
        assertThat(edited.speedAgainst(plain)).isEqualTo(new Spread(0.75, 0.5, 1, 2));
        assertThat(plain.foreignShare().orElseThrow())
                .isCloseTo(0.8 / (6 * Runtime.getRuntime().availableProcessors()), within(EXACT));
    }

    @Test
    void leavesOutWhatTheSystemDoesNotTell() {
        Timings timings = new Timings(List.of(new Timings.Run(2, 1, OptionalDouble.empty())));

        assertThat(timings.figures(10)).containsOnlyKeys("tokens_per_s", "wall_s", "cpu_s");
        assertThat(timings.figures(10)).containsEntry("tokens_per_s", new Spread(5, 5, 5, 1));
    }

    @Test
    void takesTurnsAndDoesNotCountWarmUps() {
        List<String> calls = new ArrayList<>();
        Map<String, Runnable> works = new LinkedHashMap<>();
        works.put("a", () -> calls.add("a"));
        works.put("b", () -> calls.add("b"));

        Map<String, Timings> timings = new Rounds(1, 2).time(works);

        assertThat(calls).containsExactly("a", "b", "a", "b", "a", "b");
        assertThat(timings.keySet()).containsExactly("a", "b");
        assertThat(timings.get("b").runs()).hasSize(2);
    }

    @Test
    void writesFiveDigitsInTheOrderOfTheFields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("z", 1234567.0);
        fields.put("spread", Spread.of(0.1234567));
        fields.put("layers", List.of(10, 15));

        assertThat(Report.json(fields))
                .isEqualTo(
                        "{\"z\":1234600,"
                                + "\"spread\":{\"median\":0.12346,\"min\":0.12346,\"max\":0.12346,\"n\":1},\"layers\":[10,15]}");
    }

    @Test
    void idleAndWaitingTimeIsNotBusy() {
        assertThat(ProcFiles.busy_s("cpu  100 20 30 4000 500 6 7 8 9 10")).isCloseTo(1.71, within(EXACT));
    }

    private static Timings.Run run(double wall_s, double foreign_s) {
        return new Timings.Run(wall_s, wall_s, OptionalDouble.of(foreign_s));
    }
}
