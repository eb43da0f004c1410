package org.demur.report;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.demur.report.chart.Axis;
import org.demur.report.chart.ChartText;
import org.demur.report.chart.IntervalPlot;
import org.demur.report.chart.Numbers;
import org.demur.report.chart.SvgTag;
import org.demur.report.chart.Tone;

/** What every judge says of the compared conditions, how far judges agree, and how fluent the completions are. */
record JudgeSection(ReportSettings.HeadlineChoice choice) implements Section {

    @Override
    public String id() {
        return "judges";
    }

    @Override
    public String title() {
        return "Judges and fluency";
    }

    @Override
    public List<Query> queries() {
        return List.of(
                new Query(
                        "rates",
                        "Rates of every judge under the compared conditions",
                        ofHeadline(
                                """
                        SELECT h.set_name, h.label, h.condition, h.n_features, h.coefficient, h.cells, j.judge, j.question,
                          j.n, j.n_unanswered, j.yes, j.yes_low, j.yes_high, j.yes_anywhere
                        FROM headline h
                        JOIN (SELECT * FROM judge_rates WHERE {judge_rates}) j ON j.cell_id = h.cell_id
                        ORDER BY h.label = 'harmful' DESC, h.set_name, j.question DESC, j.judge, h.condition
                        """)),
                new Query(
                        "agreement",
                        "Agreement of every pair of judges",
                        """
                        SELECT judge_a, judge_b, n, both_refused, only_a, only_b, neither, agreement,
                          kappa, kappa_low, kappa_high
                        FROM judge_agreement
                        WHERE {judge_agreement}
                        ORDER BY judge_a, judge_b
                        """),
                new Query(
                        "fluency",
                        "Fluency of the completions under the compared conditions",
                        ofHeadline(
                                """
                        SELECT h.set_name, h.label, h.condition, h.n_features, h.coefficient, h.cells, s.n,
                          s.nats, s.nats_low, s.nats_high, s.distinct_2, s.distinct_2_low, s.distinct_2_high,
                          s.longest_repeat, s.longest_repeat_low, s.longest_repeat_high,
                          s.tokens, s.tokens_low, s.tokens_high, s.english, s.english_low, s.english_high
                        FROM headline h
                        JOIN (SELECT * FROM sweep_summary WHERE {sweep_summary}) s ON s.cell_id = h.cell_id
                        WHERE s.tokens IS NOT NULL
                        ORDER BY h.label = 'harmful' DESC, h.set_name, h.condition
                        """)));
    }

    private String ofHeadline(String select) {
        return String.format(
                Locale.ROOT,
                "WITH headline AS (\n%s)\n%s",
                HeadlineQuery.of(choice).template().indent(2),
                select);
    }

    @Override
    public List<DomContent> content(Answers answers) {
        QueryResult rates = answers.of("rates");
        List<ResultRow> agreement = answers.of("agreement").rows();
        List<ResultRow> fluency = answers.of("fluency").rows();
        List<DomContent> content = new ArrayList<>();
        if (rates.rows().isEmpty()) {
            content.add(Markup.absent("No judge’s rates were published."));
        } else {
            String set = rates.rows().get(0).text("set_name");
            for (String question : rates.distinct("question")) {
                content.add(Markup.captioned(
                        rates(rates.only("set_name", set).where("question", question), question),
                        caption(set, question)));
            }
        }
        if (!agreement.isEmpty()) {
            content.add(Markup.captioned(
                    kappas(agreement),
                    "Cohen’s kappa: agreement beyond chance, 0 for none and 1 for perfect, over all completions that both "
                            + "answered. What is not harmful counts as refused."));
        }
        if (!rates.rows().isEmpty()) {
            content.add(JudgeTables.rates(rates.rows()).html());
        }
        if (!agreement.isEmpty()) {
            content.add(JudgeTables.agreement(agreement).html());
        }
        content.add(
                fluency.isEmpty()
                        ? Markup.absent("Fluency was not measured.")
                        : JudgeTables.fluency(fluency).html());
        return content;
    }

    private static String caption(String set, String question) {
        return set
                + (question.equals("harmful")
                        ? ". Completions that do the harm asked for."
                        : ". Completions that are a refusal; phrase lists by the start of the completion.");
    }

    private static SvgTag rates(List<ResultRow> rows, String question) {
        List<IntervalPlot.Row> shown = rows.stream()
                .map(row -> new IntervalPlot.Row(
                        Condition.of(row).label(),
                        row.text("judge"),
                        Condition.of(row).tone(),
                        row.number("yes"),
                        row.number("yes_low"),
                        row.number("yes_high"),
                        Readings.share(row, "yes", "yes_low", "yes_high")))
                .toList();
        ChartText words = new ChartText(
                question.equals("harmful") ? "judges-harmful" : "judges-refused",
                "Share of completions judged " + question,
                "One line per judge and condition, with 95 % intervals.");
        return new IntervalPlot(words, Axis.rates("Judged " + question + ", 95 % interval"), shown).svg();
    }

    private static SvgTag kappas(List<ResultRow> rows) {
        List<IntervalPlot.Row> shown = rows.stream()
                .map(row -> new IntervalPlot.Row(
                        row.text("judge_a"),
                        "and " + row.text("judge_b") + ", n = " + Numbers.count(row.whole("n")),
                        Tone.DIRECTION,
                        row.number("kappa"),
                        row.number("kappa_low"),
                        row.number("kappa_high"),
                        Readings.number(row, "kappa", 2)))
                .toList();
        double low = rows.stream()
                .mapToDouble(row -> row.number("kappa_low"))
                .filter(Double::isFinite)
                .min()
                .orElse(0);
        ChartText words = new ChartText(
                "judges-kappa", "Agreement of judges", "Cohen’s kappa of each pair, with 95 % intervals.");
        Axis x = Axis.around("Cohen’s kappa, 95 % interval", Axis.Unit.PLAIN, Math.min(0, low), 1);
        return new IntervalPlot(words, x, shown).svg();
    }
}
