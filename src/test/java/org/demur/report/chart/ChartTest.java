package org.demur.report.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.demur.report.chart.LineChart.Line;
import org.demur.report.chart.LineChart.Mark;
import org.demur.report.chart.LineChart.Reference;
import org.demur.report.chart.LineChart.Stroke;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChartTest {
    private static final ChartText WORDS = new ChartText("a-chart", "Title <b>", "Description & more");

    @ParameterizedTest
    @CsvSource({"0, 1, 0, 1", "0, 0.97, 0, 1", "-0.4, 0.7, -0.5, 1", "3, 1234, 0, 1500", "5, 5, 5, 6"})
    void axesEndOnRoundNumbersAroundTheData(double low, double high, double first, double last) {
        Axis axis = Axis.around("x", Axis.Unit.PLAIN, low, high);
        assertThat(axis.low()).isCloseTo(first, within(1e-9));
        assertThat(axis.high()).isCloseTo(last, within(1e-9));
        assertThat(axis.ticks()).hasSizeBetween(3, 11);
        assertThat(axis.ticks().get(0)).isCloseTo(first, within(1e-9));
    }

    @Test
    void anAxisBetweenBoundsHasItsTicksOnRoundNumbers() {
        Axis axis = Axis.between("tokens", Axis.Unit.COUNT, 0, 840_000);
        assertThat(axis.high()).isEqualTo(840_000);
        assertThat(axis.ticks().stream().map(axis::tickText).toList())
                .containsExactly("0", "200k", "400k", "600k", "800k");
    }

    @Test
    void aValueOutsideIsDrawnAtTheEdge() {
        Axis axis = Axis.rates("rate");
        assertThat(axis.at(0.5, 0, 200)).isEqualTo(100);
        assertThat(axis.at(1.7, 0, 200)).isEqualTo(200);
        assertThat(axis.at(-1, 0, 200)).isZero();
    }

    @Test
    void numbersReadWell() {
        assertThat(Numbers.percent(0.0834, 1)).isEqualTo("8.3\u00A0%");
        assertThat(Numbers.fixed(-0.0004, 3)).isEqualTo("0.000");
        assertThat(Numbers.fixed(-0.04, 2)).isEqualTo("−0.04");
        assertThat(Numbers.significant(0.01234)).isEqualTo("0.0123");
        assertThat(Numbers.significant(1234.5)).isEqualTo("1234");
        assertThat(Numbers.significant(-2.5e-9)).isEqualTo("−2.5e-09");
        assertThat(Numbers.significant(Double.NaN)).isEqualTo("–");
        assertThat(Numbers.plain(-3.0)).isEqualTo("−3");
        assertThat(Numbers.plain(0.5)).isEqualTo("0.5");
        assertThat(Numbers.count(1_234_567)).isEqualTo("1,234,567");
    }

    @Test
    void theRampRunsFromDarkToBright() {
        assertThat(ColourRamp.at(0)).isEqualTo("#440154");
        assertThat(ColourRamp.at(0.5)).isEqualTo("#21918c");
        assertThat(ColourRamp.at(1)).isEqualTo("#fde725");
        assertThat(ColourRamp.at(7)).isEqualTo("#fde725");
    }

    @Test
    void aChartIsNamedForReadersWhoDoNotSeeIt() {
        String svg = new BarChart(WORDS, "Layer", Axis.around("y", Axis.Unit.PLAIN, 0, 2), List.of())
                .svg()
                .render();
        assertThat(svg)
                .contains("role=\"img\"")
                .contains("aria-labelledby=\"a-chart-title a-chart-desc\"")
                .contains("<title id=\"a-chart-title\">Title &lt;b&gt;</title>")
                .contains("<desc id=\"a-chart-desc\">Description &amp; more</desc>");
    }

    @Test
    void anIdThatIsNoElementIdIsRefused() {
        assertThatThrownBy(() -> new ChartText("a b", "", "")).hasMessageContaining("a b");
    }

    @Test
    void aLineLeavesOutWhatWasNotMeasured() {
        String svg = chart(List.of(mark(0, 0.2), mark(1, Double.NaN), mark(2, 0.8)))
                .svg()
                .render();
        assertThat(svg).doesNotContain("NaN").contains("<title>at 2.0</title>").doesNotContain("at 1.0");
    }

    @Test
    void labelsAtTheLineEndsKeepApart() {
        LineChart crowded = new LineChart(
                WORDS,
                Axis.rates("x"),
                Axis.rates("y"),
                List.of(),
                List.of(
                        new Reference("one", Tone.BASE, 0.5),
                        new Reference("two", Tone.RANDOM, 0.5),
                        new Reference("three", Tone.SKY, 0.5)));
        double[] heights = java.util.regex.Pattern.compile("end-label[^>]*y=\"([0-9.]+)\"")
                .matcher(crowded.svg().render())
                .results()
                .mapToDouble(match -> Double.parseDouble(match.group(1)))
                .sorted()
                .toArray();
        assertThat(heights).hasSize(3);
        assertThat(heights[1] - heights[0]).isGreaterThanOrEqualTo(14.99);
        assertThat(heights[2] - heights[1]).isGreaterThanOrEqualTo(14.99);
    }

    @Test
    void aHeatMapShowsMissingCellsAndMarksOne() {
        double[][] values = {{1, Double.NaN}, {2, 3}};
        HeatMap.Names names = new HeatMap.Names("Layer", List.of("0", "1"), List.of("−2 <|x|>", "−1"));
        String svg = new HeatMap(WORDS, names, values, "legend", Optional.of(new HeatMap.MarkedCell(1, 1, "selected")))
                .svg()
                .render();
        assertThat(svg.split("class=\"empty\"", -1)).hasSize(2);
        assertThat(svg.split("class=\"cell\"", -1)).hasSize(4);
        assertThat(svg).contains("selected").contains("−2 &lt;|x|&gt;, layer 0: 1.00");
    }

    @Test
    void anIntervalPlotWritesItsNumbersOut() {
        IntervalPlot.Row row = new IntervalPlot.Row("F*", "20 features", Tone.FEATURES, 0.08, 0.04, 0.15, "8.0 %");
        String svg = new IntervalPlot(WORDS, Axis.rates("Refused"), List.of(row))
                .svg()
                .render();
        assertThat(svg)
                .contains("class=\"interval\"")
                .contains("<title>F*: 8.0 %</title>")
                .contains("20 features");
    }

    @Test
    void pointsOfOneStepStandSideBySideAndTheControlIsAnArea() {
        Mark mark = new Mark(0, 0.5, 0.4, 0.6, "half");
        StepChart chart = new StepChart(
                WORDS,
                Axis.steps("Features", List.of("1", "20")),
                Axis.rates("y"),
                List.of(
                        new StepChart.Series("ours", look(Look.Weight.HEAVY), List.of(mark)),
                        new StepChart.Series("other", look(Look.Weight.LIGHT), List.of(mark)),
                        new StepChart.Series("random", look(Look.Weight.BAND), List.of(mark))),
                List.of(new Reference("base", Tone.BASE, 0.9)));
        String svg = chart.svg().render();
        double[] places = java.util.regex.Pattern.compile("class=\"whisker[^>]*x1=\"([0-9.]+)\"")
                .matcher(svg)
                .results()
                .mapToDouble(match -> Double.parseDouble(match.group(1)))
                .sorted()
                .toArray();
        assertThat(places).hasSize(2);
        assertThat(places[1] - places[0]).isGreaterThan(20);
        assertThat(svg.split("class=\"band\"", -1)).hasSize(2);
        assertThat(svg).contains(">1</text>", ">20</text>", ">ours</text>", ">base</text>");
    }

    @Test
    void labelsOfPointsAtOnePlaceDoNotCoverEachOther() {
        ScatterChart.Dot.Span half = new ScatterChart.Dot.Span(0.5, Double.NaN, Double.NaN);
        List<ScatterChart.Dot> dots = java.util.stream.Stream.of("one", "two", "six")
                .map(name -> new ScatterChart.Dot(Optional.of(name), look(Look.Weight.HEAVY), half, half, name))
                .toList();
        String svg = new ScatterChart(WORDS, Axis.rates("x"), Axis.rates("y"), dots, List.of())
                .svg()
                .render();
        long places = java.util.regex.Pattern.compile("end-label[^>]*(x=\"[0-9.]+\" y=\"[0-9.]+\")")
                .matcher(svg)
                .results()
                .map(match -> match.group(1))
                .distinct()
                .count();
        assertThat(places).isEqualTo(3);
        assertThat(svg).doesNotContain("NaN").doesNotContain("whisker");
    }

    private static Look look(Look.Weight weight) {
        return new Look(Tone.FEATURES, Stroke.SOLID, Marker.CIRCLE, weight);
    }

    private static LineChart chart(List<Mark> marks) {
        return new LineChart(
                WORDS,
                Axis.between("x", Axis.Unit.PLAIN, 0, 2),
                Axis.rates("y"),
                List.of(new Line("line", Tone.DIRECTION, Stroke.SOLID, marks)),
                List.of());
    }

    private static Mark mark(double x, double y) {
        return new Mark(x, y, Double.NaN, Double.NaN, "at " + x);
    }
}
