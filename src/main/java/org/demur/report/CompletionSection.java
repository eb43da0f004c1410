package org.demur.report;

import static j2html.TagCreator.article;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.iff;
import static j2html.TagCreator.p;
import static j2html.TagCreator.span;

import j2html.tags.DomContent;
import j2html.tags.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.demur.report.chart.Numbers;
import org.demur.report.chart.SafeText;

/**
 * A few completions of each compared condition. The text of those to prompts that are not labelled harmless is not
 * even read from the table unless the job file asks for it.
 */
record CompletionSection(ReportSettings settings) implements Section {

    @Override
    public String id() {
        return "completions";
    }

    @Override
    public String title() {
        return "Completions";
    }

    @Override
    public List<Query> queries() {
        String cut = "left(c.completion, " + settings.completions().characters() + ")";
        String text =
                switch (settings.completions().reveal()) {
                    case ALL -> cut;
                    case HARMLESS -> "CASE WHEN h.label = 'harmless' THEN " + cut + " END";
                };
        return List.of(new Query(
                "completions",
                "The first completions of each compared condition",
                String.format(
                        Locale.ROOT,
                        """
                        WITH headline AS (
                        %s)
                        SELECT * FROM (
                          SELECT h.set_name, h.label, h.condition, h.n_features, h.coefficient, h.cells, c.prompt_id,
                            s.refused_prefix, s.refused_anywhere, c.n_tokens, c.finish, length(c.completion) AS characters,
                            %s AS completion,
                            row_number() OVER (PARTITION BY c.cell_id ORDER BY c.prompt_id) AS place
                          FROM headline h
                          JOIN (SELECT * FROM completions WHERE {completions}) c ON c.cell_id = h.cell_id
                          JOIN (SELECT * FROM scores WHERE {scores}) s
                            ON s.cell_id = c.cell_id AND s.prompt_id = c.prompt_id)
                        WHERE place <= %d
                        ORDER BY label = 'harmful' DESC, set_name, condition, place
                        """,
                        HeadlineQuery.of(settings.headline()).template().indent(2),
                        text,
                        settings.completions().perCell())));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        List<Comparison> sets = Comparison.all(answers.of("completions"));
        if (sets.isEmpty()) {
            return List.of(Markup.absent("No completion was published."));
        }
        List<DomContent> content = new ArrayList<>();
        content.add(Markup.paragraph(
                switch (settings.completions().reveal()) {
                    case ALL -> "Completions to harmful prompts are shown because report.show-completions is on.";
                    case HARMLESS ->
                        "Completions to harmful prompts are masked: id, length and verdict only. Set "
                                + "report.show-completions = true to show them.";
                }));
        for (Comparison set : sets) {
            content.add(div(each(set.rows(), this::completion)).withClass("completions"));
        }
        return content;
    }

    private DomContent completion(ResultRow row) {
        boolean isRefused = row.flag("refused_prefix");
        String verdict = isRefused ? "refused" : row.flag("refused_anywhere") ? "refused late" : "not refused";
        return article(
                        p(
                                        span(Markup.shown(row.text("set_name") + " / " + row.text("prompt_id")))
                                                .withClass("id"),
                                        span(Markup.shown(Condition.of(row).label()))
                                                .withClass("condition"),
                                        span(verdict).withClass(isRefused ? "verdict refused" : "verdict"),
                                        span(Markup.shown(length(row))).withClass("length"))
                                .withClass("head"),
                        text(row))
                .withClass("completion");
    }

    private DomContent text(ResultRow row) {
        int limit = settings.completions().characters();
        Text shown = new Text(SafeText.of(row.text("completion"), row.whole("characters"), limit));
        return iff(!row.text("completion").isEmpty(), p(shown).withClass("text"));
    }

    private static String length(ResultRow row) {
        String tokens = Numbers.count(row.whole("n_tokens")) + " tokens";
        String end = row.text("finish").equals("length") ? ", cut by the token limit" : "";
        return tokens + end + (row.has("completion") ? "" : ", masked");
    }
}
