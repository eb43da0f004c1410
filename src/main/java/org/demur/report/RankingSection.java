package org.demur.report;

import static j2html.TagCreator.each;
import static j2html.TagCreator.li;
import static j2html.TagCreator.ul;

import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.demur.report.chart.Axis;
import org.demur.report.chart.ChartText;
import org.demur.report.chart.IntervalPlot;
import org.demur.report.chart.LineChart.Mark;
import org.demur.report.chart.LineChart.Reference;
import org.demur.report.chart.Numbers;
import org.demur.report.chart.StepChart;
import org.demur.report.chart.StepChart.Series;
import org.demur.report.chart.SvgTag;
import org.demur.report.chart.Tone;

/** How few features of each ranking suffice, and which ranking deserves to be the default. */
record RankingSection(ReportSettings.HeadlineChoice choice) implements Section {

    @Override
    public String id() {
        return "rankings";
    }

    @Override
    public String title() {
        return "Rankings by how few features suffice";
    }

    @Override
    public List<Query> queries() {
        return RankingQueries.of(choice);
    }

    @Override
    public List<DomContent> content(Answers answers) {
        QueryResult curves = harmful(answers.of(RankingQueries.CURVES));
        if (curves.distinct("n_features").size() < 2) {
            return List.of(Markup.absent("Not measured: the sweep tried fewer than two numbers of features at × "
                    + Numbers.plain(choice.coefficient()) + "."));
        }
        QueryResult pairs = harmful(answers.of(RankingQueries.PAIRS));
        List<DomContent> content = new ArrayList<>(verdict(pairs));
        List<String> sets = curves.distinct("set_name");
        for (int i = 0; i < sets.size(); i++) {
            List<ResultRow> rows = curves.where("set_name", sets.get(i));
            List<ResultRow> levels = answers.of(RankingQueries.LEVELS).where("set_name", sets.get(i));
            content.add(Markup.captioned(curve(sets.get(i), rows, levels, i), caption(sets.get(i), rows)));
        }
        content.addAll(areas(harmful(answers.of(RankingQueries.AREAS))));
        pairs.distinct("ranking")
                .forEach(ranking -> content.add(RankingTables.pairs(pairs.where("ranking", ranking), ranking)
                        .html()));
        content.add(RankingTables.curves(curves).html());
        return content;
    }

    /** The harmful prompt sets; all of them where none is labelled so. */
    private static QueryResult harmful(QueryResult result) {
        QueryResult harmful = result.only("label", "harmful");
        return harmful.rows().isEmpty() ? result : harmful;
    }

    private List<DomContent> verdict(QueryResult pairs) {
        List<ResultRow> own = pairs.where("ranking", choice.featureSet());
        if (own.isEmpty()) {
            return List.of(Markup.absent("The rankings were not compared in pairs with " + choice.featureSet() + "."));
        }
        RankingVerdict verdict = new RankingVerdict(new RankingName(choice.featureSet()), own);
        List<String> sentences = new ArrayList<>(verdict.sentences());
        for (String other : pairs.distinct("ranking")) {
            if (!other.equals(choice.featureSet())) {
                sentences.addAll(new RankingVerdict(new RankingName(other), pairs.where("ranking", other)).sentences());
            }
        }
        verdict.cost().ifPresent(sentences::add);
        if (pairs.rows().stream().anyMatch(row -> row.flag("used_for_selection"))) {
            sentences.add("Some of these prompts served to choose features or settings, so areas are too good.");
        }
        return List.of(Markup.lead(verdict.choice()), ul(each(sentences, sentence -> li(Markup.shown(sentence)))));
    }

    private SvgTag curve(String set, List<ResultRow> rows, List<ResultRow> levels, int index) {
        List<Long> sizes = rows.stream()
                .map(row -> row.whole("n_features"))
                .distinct()
                .sorted()
                .toList();
        Map<RankingName, List<Mark>> marks = new LinkedHashMap<>();
        for (ResultRow row : rows) {
            marks.computeIfAbsent(new RankingName(row.text("ranking")), ranking -> new ArrayList<>())
                    .add(mark(row, sizes.indexOf(row.whole("n_features"))));
        }
        List<Series> series = new ArrayList<>();
        marks.forEach((ranking, ofRanking) ->
                series.add(new Series(ranking.label(), ranking.look(choice.featureSet()), ofRanking)));
        ChartText words = new ChartText(
                "ranking-" + index,
                "Refusal on " + set + " against the number of features, by ranking",
                "Refusal rate with 95 % intervals when the first features of each ranking are suppressed.");
        Axis x = Axis.steps(
                "Features suppressed, best ranked first",
                sizes.stream().map(Numbers::count).toList());
        return new StepChart(words, x, Axis.rates("Refused completions"), series, references(levels)).svg();
    }

    private static List<Reference> references(List<ResultRow> levels) {
        Map<String, Reference> first = new LinkedHashMap<>();
        for (ResultRow row : levels) {
            boolean isBase = row.text("method").equals("none");
            first.putIfAbsent(
                    row.text("method"),
                    new Reference(
                            isBase ? "no intervention" : "direction removed",
                            isBase ? Tone.BASE : Tone.DIRECTION,
                            row.number("refusal_prefix")));
        }
        return List.copyOf(first.values());
    }

    private static Mark mark(ResultRow row, int step) {
        return new Mark(
                step,
                row.number("refusal_prefix"),
                row.number("refusal_prefix_low"),
                row.number("refusal_prefix_high"),
                new RankingName(row.text("ranking")).label() + ", " + row.whole("n_features") + " features: "
                        + Comparison.reading(row));
    }

    private String caption(String set, List<ResultRow> rows) {
        long n = rows.stream().mapToLong(row -> row.whole("n")).max().orElse(0);
        return set + " (n = " + n + "), features × " + Numbers.plain(choice.coefficient())
                + ". A steep start means that few features carry most of refusal. Whiskers are 95 % Wilson intervals; the grey "
                + "band spans those of all random sets around their mean. Open points: published (faithful) form.";
    }

    private List<DomContent> areas(QueryResult areas) {
        List<DomContent> figures = new ArrayList<>();
        for (String set : areas.distinct("set_name")) {
            List<IntervalPlot.Row> rows = areas.where("set_name", set).stream()
                    .map(RankingSection::areaRow)
                    .toList();
            ChartText words = new ChartText(
                    "ranking-area-" + figures.size(),
                    "Area under refusal against set size on " + set,
                    "Mean share of set sizes at which a prompt is refused, per ranking.");
            Axis x = Axis.rates("Area under refusal against set size, 95 % interval");
            figures.add(
                    Markup.captioned(
                            new IntervalPlot(words, x, rows).svg(),
                            set
                                    + ". Mean over prompts of the share of set sizes at which they are refused: the smaller, the fewer "
                                    + "features suffice. Intervals of single areas; the tests below compare prompt by prompt."));
        }
        return figures;
    }

    private static IntervalPlot.Row areaRow(ResultRow row) {
        RankingName ranking = new RankingName(row.text("ranking"));
        return new IntervalPlot.Row(
                ranking.label(),
                "",
                ranking.tone(),
                row.number("area"),
                row.number("area_low"),
                row.number("area_high"),
                Readings.share(row, "area", "area_low", "area_high"));
    }
}
