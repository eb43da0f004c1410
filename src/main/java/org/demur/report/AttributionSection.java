package org.demur.report;

import j2html.tags.DomContent;
import java.util.List;
import java.util.stream.Collectors;
import org.demur.report.chart.Axis;
import org.demur.report.chart.BarChart;
import org.demur.report.chart.BarChart.Bar;
import org.demur.report.chart.ChartText;
import org.demur.report.chart.Numbers;
import org.demur.report.chart.SvgTag;
import org.demur.report.chart.Tone;

/** Which features carry refusal, and in which layers. */
record AttributionSection(String featureSet) implements Section {

    @Override
    public String id() {
        return "attribution";
    }

    @Override
    public String title() {
        return "Features that carry refusal";
    }

    @Override
    public List<Query> queries() {
        return List.of(
                new Query(
                        "layers",
                        "Attribution of the global feature set by layer",
                        """
                        SELECT layer, count(*) AS features, sum(attribution) AS attribution
                        FROM feature_sets
                        WHERE {feature_sets} AND set_id = '%s' AND prompt_id IS NULL
                        GROUP BY layer
                        ORDER BY layer
                        """
                                .formatted(featureSet)),
                new Query(
                        "top",
                        "The global feature set",
                        """
                        SELECT rank, layer, feature, cosine, attribution
                        FROM feature_sets
                        WHERE {feature_sets} AND set_id = '%s' AND prompt_id IS NULL
                        ORDER BY rank
                        LIMIT 20
                        """
                                .formatted(featureSet)),
                new Query(
                        "modes",
                        "How the attribution was computed",
                        """
                        SELECT mode, max(n_prompts) AS prompts, count(*) AS features
                        FROM attributions
                        WHERE {attributions} AND scope = 'global' AND coalesce(method, 'la_ig') = 'la_ig'
                        GROUP BY mode
                        ORDER BY mode
                        """));
    }

    @Override
    public List<DomContent> content(Answers answers) {
        List<ResultRow> layers = answers.of("layers").rows();
        if (layers.isEmpty()) {
            return List.of(Markup.absent("The attribution found no feature."));
        }
        return List.of(
                Markup.paragraph(method(answers.of("modes").rows())),
                Markup.captioned(
                        chart(layers),
                        "Summed attribution of the features of F* in each layer, in logits of compliance over refusal along the "
                                + "path that removes the direction. Taller bars carry more of refusal; layers overlap, "
                                + "so the bars do not add up to the effect of suppressing all."),
                top(answers.of("top").rows()).html());
    }

    private static String method(List<ResultRow> modes) {
        if (modes.isEmpty()) {
            return "Features ranked by attribution to the refusal logit difference.";
        }
        String forms = modes.stream().map(row -> row.text("mode")).distinct().collect(Collectors.joining(" and "));
        return "Linear integrated gradients of the refusal logit difference along the path that removes the refusal direction ("
                + forms + " form), mean over " + Numbers.count(modes.get(0).whole("prompts")) + " prompts; "
                + Numbers.count(modes.get(0).whole("features")) + " candidate features were ranked.";
    }

    private static SvgTag chart(List<ResultRow> layers) {
        List<Bar> bars = layers.stream()
                .map(row -> new Bar(
                        row.text("layer"),
                        Tone.FEATURES,
                        row.number("attribution"),
                        Double.NaN,
                        Double.NaN,
                        "layer " + row.text("layer") + ": " + Numbers.significant(row.number("attribution")) + " from "
                                + row.whole("features") + " features"))
                .toList();
        double highest = bars.stream().mapToDouble(Bar::value).max().orElse(1);
        double lowest = bars.stream().mapToDouble(Bar::value).min().orElse(0);
        Axis y = Axis.around("Attribution, logits", Axis.Unit.PLAIN, Math.min(0, lowest), Math.max(0, highest));
        ChartText words = new ChartText(
                "attribution-layers", "Attribution by layer", "One bar per layer that holds features of F*.");
        return new BarChart(words, "Layer", y, bars).svg();
    }

    private static HtmlTable top(List<ResultRow> rows) {
        List<List<String>> cells = rows.stream()
                .map(row -> List.of(
                        Numbers.count(row.whole("rank")),
                        Numbers.count(row.whole("layer")),
                        row.text("feature"),
                        Numbers.significant(row.number("attribution")),
                        Numbers.fixed(row.number("cosine"), 3)))
                .toList();
        return HtmlTable.of(
                "The first features of F*. Cosine is that of the feature's decoder row with the refusal direction.",
                cells,
                "#Rank",
                "#Layer",
                "#Feature",
                "#Attribution",
                "#Cosine");
    }
}
