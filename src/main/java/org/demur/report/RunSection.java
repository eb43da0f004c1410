package org.demur.report;

import static j2html.TagCreator.dd;
import static j2html.TagCreator.div;
import static j2html.TagCreator.dl;
import static j2html.TagCreator.dt;
import static j2html.TagCreator.each;

import j2html.tags.DomContent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.demur.report.chart.Numbers;

/** The model, the prompt sets and the autoencoders of the study. */
record RunSection(Subject subject) implements Section {

    @Override
    public String id() {
        return "run";
    }

    @Override
    public String title() {
        return "What was run";
    }

    @Override
    public List<Query> queries() {
        return List.of(
                new Query(
                        "sets",
                        "Prompt sets",
                        """
                        SELECT set_name, kind, label, count(*) AS n, sum(n_tokens) AS tokens,
                          count(DISTINCT category) AS categories, max(source_file) AS source_file
                        FROM prompts
                        WHERE {prompts}
                        GROUP BY set_name, kind, label
                        ORDER BY set_name, kind, label
                        """),
                new Query(
                        "autoencoders",
                        "Autoencoders",
                        """
                        SELECT layer, architecture, f, k
                        FROM sae_metrics
                        WHERE {sae_metrics}
                        GROUP BY layer, architecture, f, k
                        ORDER BY layer
                        """),
                new Query(
                        "training_tokens",
                        "Tokens seen in training, the most of any layer",
                        """
                        SELECT max(tokens) AS tokens, max(epoch) + 1 AS epochs
                        FROM sae_training
                        WHERE {sae_training}
                        """));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Model", subject.model());
        facts.put("Model SHA-256", subject.modelDigest());
        facts.put("Autoencoders", autoencoders(answers.of("autoencoders").rows()));
        answers.of("training_tokens").rows().stream()
                .filter(row -> row.has("tokens"))
                .forEach(row -> facts.put(
                        "Training",
                        Numbers.count(row.whole("tokens")) + " tokens over " + row.whole("epochs") + " epochs"));
        facts.put("Seed", Long.toString(subject.seed()));
        facts.put("Report run", subject.run());
        return List.of(
                dl(each(
                                facts.entrySet(),
                                fact -> div(dt(Markup.shown(fact.getKey())), dd(Markup.shown(fact.getValue())))))
                        .withClass("facts"),
                sets(answers.of("sets").rows()).html());
    }

    private static String autoencoders(List<ResultRow> rows) {
        if (rows.isEmpty()) {
            return "none";
        }
        ResultRow first = rows.get(0);
        String layers = rows.stream().map(row -> row.text("layer")).distinct().collect(Collectors.joining(", "));
        return autoencoder(first) + ", at layers " + layers;
    }

    /** Architecture and size; not every architecture fixes a number of active features. */
    static String autoencoder(ResultRow row) {
        String active = row.has("k") ? ", k " + Numbers.count(row.whole("k")) : "";
        return row.text("architecture") + ", F " + Numbers.count(row.whole("f")) + active;
    }

    private static HtmlTable sets(List<ResultRow> rows) {
        List<List<String>> cells = rows.stream()
                .map(row -> List.of(
                        row.text("set_name"),
                        row.text("kind").replace('_', ' '),
                        row.text("label"),
                        Numbers.count(row.whole("n")),
                        Numbers.count(row.whole("tokens")),
                        row.whole("categories") == 0 ? "" : Numbers.count(row.whole("categories")),
                        row.text("source_file")))
                .toList();
        return HtmlTable.of(
                "Prompt sets as tokenised. Chat is a user turn; chat response is the same with its recorded answer.",
                cells,
                "Set",
                "Kind",
                "Label",
                "#Prompts",
                "#Tokens",
                "#Categories",
                "Source");
    }
}
