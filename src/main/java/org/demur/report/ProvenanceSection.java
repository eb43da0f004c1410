package org.demur.report;

import static j2html.TagCreator.code;
import static j2html.TagCreator.details;
import static j2html.TagCreator.each;
import static j2html.TagCreator.pre;
import static j2html.TagCreator.summary;

import j2html.tags.DomContent;
import j2html.tags.Text;
import java.util.ArrayList;
import java.util.List;
import org.demur.report.chart.Numbers;
import org.demur.report.chart.SafeText;

/** The runs that published the tables: ids, digests, versions and every parameter. */
record ProvenanceSection() implements Section {
    private static final int MAX_PARAMETERS = 20_000;

    @Override
    public String id() {
        return "provenance";
    }

    @Override
    public String title() {
        return "Provenance";
    }

    @Override
    public List<Query> queries() {
        return List.of(
                new Query(
                        "runs",
                        "The runs behind this report",
                        """
                SELECT run, stage, stage_version, code_version, model_digest, parameters, seconds, host_facts,
                  array_join(transform(array_sort(map_entries(tables)),
                    entry -> concat(entry.key, ' ', left(entry.value, 12))), ', ') AS tables
                FROM runs
                WHERE {runs}
                ORDER BY started_at, stage
                """));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        List<ResultRow> rows = answers.of("runs").rows();
        if (rows.isEmpty()) {
            return List.of(Markup.absent("No run is recorded."));
        }
        List<DomContent> content = new ArrayList<>();
        content.add(
                Markup.paragraph(
                        "A run id is derived from everything that determines the run's content; a table digest "
                                + "is the sum of the digests of its rows, so equal digests mean equal tables. The first 12 digits are shown."));
        content.add(table(rows).html());
        content.add(details(summary("Parameters of each stage"), each(rows, ProvenanceSection::parameters)));
        return content;
    }

    private static DomContent parameters(ResultRow row) {
        String json = SafeText.of(row.text("parameters"), MAX_PARAMETERS);
        return pre(code(new Text(row.text("stage") + "  " + json)));
    }

    private static HtmlTable table(List<ResultRow> rows) {
        List<List<String>> cells = rows.stream()
                .map(row -> List.of(
                        row.text("stage"),
                        row.text("run"),
                        row.text("stage_version"),
                        row.text("code_version"),
                        row.text("tables"),
                        Numbers.fixed(row.number("seconds"), 1),
                        row.text("host_facts")))
                .toList();
        return HtmlTable.of(
                "Stages in the order they ran.",
                cells,
                "Stage",
                "Run",
                "#Version",
                "Code",
                "Tables and digests",
                "#Seconds",
                "Host");
    }
}
