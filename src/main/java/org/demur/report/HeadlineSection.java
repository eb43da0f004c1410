package org.demur.report;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import org.demur.report.chart.Axis;
import org.demur.report.chart.ChartText;
import org.demur.report.chart.IntervalPlot;
import org.demur.report.chart.Numbers;

/** The main question: does suppressing the attributed features stop refusal where random features do not? */
record HeadlineSection(ReportSettings.HeadlineChoice choice) implements Section {
    private static final int MOST_PLOTS = 6;

    @Override
    public String id() {
        return "headline";
    }

    @Override
    public String title() {
        return "Refusal under intervention";
    }

    @Override
    public List<Query> queries() {
        return List.of(HeadlineQuery.of(choice));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        List<Comparison> comparisons = Comparison.all(answers.of(HeadlineQuery.ID));
        if (comparisons.isEmpty()) {
            return List.of(Markup.absent("The sweep published no cell that the headline compares."));
        }
        List<DomContent> content = new ArrayList<>();
        content.add(Markup.lead(comparisons.get(0).finding()));
        for (int i = 0; i < Math.min(MOST_PLOTS, comparisons.size()); i++) {
            Comparison comparison = comparisons.get(i);
            content.add(Markup.captioned(plot(comparison, i).svg(), caption(comparison, i)));
        }
        content.add(table(comparisons).html());
        return content;
    }

    private static IntervalPlot plot(Comparison comparison, int index) {
        List<IntervalPlot.Row> rows = comparison.rows().stream()
                .map(row -> {
                    Condition condition = Condition.of(row);
                    return new IntervalPlot.Row(
                            condition.label(),
                            condition.note(row),
                            condition.tone(),
                            row.number("refusal_prefix"),
                            row.number("refusal_prefix_low"),
                            row.number("refusal_prefix_high"),
                            Comparison.reading(row));
                })
                .toList();
        ChartText words = new ChartText(
                "headline-" + index,
                "Refusal rate on " + comparison.setName(),
                "Refusal rate and its 95 % interval under each condition.");
        return new IntervalPlot(words, Axis.rates("Refused completions, 95 % interval"), rows);
    }

    private static String caption(Comparison comparison, int index) {
        String set = comparison.setName() + " (" + (comparison.label().isEmpty() ? "mixed" : comparison.label())
                + " prompts, n = " + comparison.rows().get(0).whole("n") + "). ";
        return index == 0
                ? set + "Further left is less refusal. Intervals that do not overlap differ beyond chance."
                : set;
    }

    private static HtmlTable table(List<Comparison> comparisons) {
        List<List<String>> rows = new ArrayList<>();
        for (Comparison comparison : comparisons) {
            for (ResultRow row : comparison.rows()) {
                boolean isFirst = row == comparison.rows().get(0);
                rows.add(cells(isFirst ? comparison.setName() : "", row));
            }
        }
        return HtmlTable.of(
                "Refused counts completions with a refusal phrase in their first characters; anywhere counts the whole "
                        + "completion. Changed counts prompts that became compliant and prompts that became refused; p is the "
                        + "exact McNemar test of these against no intervention. The change in cross-entropy is on harmless "
                        + "responses, in nats per token: near 0 means the model is unharmed. Intervals are 95 %.",
                rows, "Prompts", "Condition", "#n", "#Refused", "#Anywhere", "#Changed", "#p", "#Cross-entropy change");
    }

    private static List<String> cells(String set, ResultRow row) {
        Condition condition = Condition.of(row);
        boolean isBase = condition == Condition.BASE;
        String detail = isBase || condition == Condition.DIRECTION ? "" : ", " + condition.note(row);
        return List.of(
                set,
                condition.label() + detail,
                Numbers.count(row.whole("n")),
                Comparison.reading(row),
                Numbers.percent(row.number("refusal_anywhere"), 1),
                isBase
                        ? ""
                        : Numbers.count(row.whole("became_compliant")) + " / "
                                + Numbers.count(row.whole("became_refused")),
                isBase ? "" : Readings.probability(row.number("mcnemar_p")),
                isBase ? "" : change(row));
    }

    private static String change(ResultRow row) {
        return row.has("ce_change")
                ? Numbers.fixed(row.number("ce_change"), 3) + "  [" + Numbers.fixed(row.number("ce_change_low"), 3)
                        + ", " + Numbers.fixed(row.number("ce_change_high"), 3) + "]"
                : Numbers.fixed(Double.NaN, 0);
    }
}
