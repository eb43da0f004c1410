package org.demur.report;

import j2html.tags.DomContent;
import java.util.List;
import org.demur.report.chart.Numbers;

/** Input rows that were set aside, and why. */
record QuarantineSection() implements Section {

    @Override
    public String id() {
        return "quarantine";
    }

    @Override
    public String title() {
        return "Rows set aside";
    }

    @Override
    public List<Query> queries() {
        return List.of(
                new Query(
                        "quarantine",
                        "Rows set aside by stage, file and reason",
                        """
                SELECT stage, set_name, source_file, reason, count(*) AS n, min(source_line) AS first_line
                FROM quarantine
                WHERE {quarantine}
                GROUP BY stage, set_name, source_file, reason
                ORDER BY n DESC, stage, set_name, source_file, reason
                """));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        List<ResultRow> rows = answers.of("quarantine").rows();
        if (rows.isEmpty()) {
            return List.of(Markup.paragraph("None: every input row was used."));
        }
        List<List<String>> cells = rows.stream()
                .map(row -> List.of(
                        row.text("stage"),
                        row.text("set_name"),
                        row.text("source_file"),
                        row.text("reason").replace('_', ' '),
                        Numbers.count(row.whole("n")),
                        row.has("first_line") ? Numbers.count(row.whole("first_line")) : ""))
                .toList();
        return List.of(HtmlTable.of(
                        "Rows that could not be used, and good rows that the job file leaves out of a set: outside where, outside share, or "
                                + "in other set (drop-in). None of them is in the numbers of its set.",
                        cells,
                        "Stage",
                        "Set",
                        "File",
                        "Reason",
                        "#Rows",
                        "#First line")
                .html());
    }
}
