package org.demur.attribution;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;

/** Writes the tables {@code attributions}, {@code feature_sets} and {@code ranking_agreement}. */
final class AttributionTables {
    /** Of rankings of all features so many of the best are kept, beside those that were compared. */
    private static final int KEPT = 200;

    private final StageContext context;
    private final AttributionSettings settings;
    private final Map<Integer, double[]> cosines;
    private final int[] refusalTokens;

    /**
     * @param cosines cosine of each feature's decoder row with the direction, by layer
     * @param refusalTokens first tokens by which the model refuses
     */
    AttributionTables(
            StageContext context, AttributionSettings settings, Map<Integer, double[]> cosines, int[] refusalTokens) {
        this.context = context;
        this.settings = settings;
        this.cosines = cosines;
        this.refusalTokens = refusalTokens;
    }

    /** Publishes the scores; {@code compared} features have a row in every ranking that looked at them. */
    void publishScores(List<Ranking> rankings, List<FeatureId> compared, Map<String, String> facts) {
        List<Row> rows = new ArrayList<>();
        for (Ranking ranking : rankings) {
            addGlobal(rows, ranking, new HashSet<>(compared));
            for (PromptAttribution prompt : ranking.prompts()) {
                addPrompt(rows, prompt);
            }
        }
        write(Table.ATTRIBUTIONS, rows, facts);
    }

    void publishSets(List<Row> rows, Map<String, String> facts) {
        write(Table.FEATURE_SETS, rows, facts);
    }

    void publishAgreement(List<AgreementRow> agreement) {
        List<Row> rows = new ArrayList<>();
        for (AgreementRow row : agreement) {
            rows.add(RowFactory.create(
                    row.a().method().sqlName(),
                    row.a().mode().sqlName(),
                    row.b().method().sqlName(),
                    row.b().mode().sqlName(),
                    row.candidates(),
                    row.prompts(),
                    nullable(row.spearman().value()),
                    nullable(row.spearman().low()),
                    nullable(row.spearman().high()),
                    nullable(row.pearson().value()),
                    nullable(row.pearson().low()),
                    nullable(row.pearson().high()),
                    row.overlap(),
                    row.top()));
        }
        write(Table.RANKING_AGREEMENT, rows, Map.of());
    }

    private void addGlobal(List<Row> rows, Ranking ranking, Set<FeatureId> compared) {
        FeatureScores scores = ranking.global();
        int[] order = scores.order();
        for (int rank = 1; rank <= order.length; rank++) {
            FeatureId id = scores.id(order[rank - 1]);
            if (rank <= KEPT || ranking.id().method().isLimited() || compared.contains(id)) {
                rows.add(row(
                        new Place(ranking.id(), "global", String.join(",", settings.sets()), null),
                        id,
                        scores.values()[order[rank - 1]],
                        rank,
                        new Metric(ranking.prompts().size(), null, refusalTokens)));
            }
        }
    }

    private void addPrompt(List<Row> rows, PromptAttribution prompt) {
        FeatureScores scores = prompt.scores();
        boolean keepsAll = prompt.ranking().method() == RankingMethod.LA_IG;
        int[] order = scores.order();
        for (int rank = 1; rank <= (keepsAll ? order.length : Math.min(order.length, settings.setSize())); rank++) {
            rows.add(row(
                    new Place(prompt.ranking(), "prompt", prompt.setName(), prompt.promptId()),
                    scores.id(order[rank - 1]),
                    scores.values()[order[rank - 1]],
                    rank,
                    new Metric(1, prompt.complianceToken(), new int[] {prompt.refusalToken()})));
        }
    }

    private record Place(RankingId ranking, String scope, String setName, String promptId) {}

    private record Metric(int prompts, Integer complianceToken, int[] refusalTokens) {}

    private Row row(Place place, FeatureId id, double score, int rank, Metric metric) {
        return RowFactory.create(
                place.ranking.mode().sqlName(),
                place.scope,
                place.setName,
                place.promptId,
                id.layer(),
                id.feature(),
                cosines.get(id.layer())[id.feature()],
                score,
                rank,
                metric.prompts,
                metric.complianceToken,
                IntStream.of(metric.refusalTokens).boxed().toArray(Integer[]::new),
                place.ranking.method().sqlName());
    }

    private static Object nullable(OptionalDouble value) {
        return value.isPresent() ? (Object) value.getAsDouble() : null;
    }

    private void write(Table table, List<Row> rows, Map<String, String> facts) {
        context.warehouse()
                .publish(
                        table,
                        context.run(),
                        context.spark().createDataFrame(rows, table.schema()).coalesce(1),
                        facts);
    }
}
