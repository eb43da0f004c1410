package org.demur.direction;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.cells.SelectedDirection;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;

/** Writes the candidates with their scores and verdicts to the table {@code directions}. */
final class DirectionTable {
    private final StageContext context;
    private final DirectionSettings settings;
    private final Findings findings;

    DirectionTable(StageContext context, DirectionSettings settings, Findings findings) {
        this.context = context;
        this.settings = settings;
        this.findings = findings;
    }

    /**
     * Publishes one row a candidate.
     *
     * @param verdicts in the order of the candidates
     * @param refused share of answers under ablation that are refusals, in the same order; NaN where not judged
     */
    void publish(List<SelectionRule.Verdict> verdicts, double[] refused) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < verdicts.size(); i++) {
            rows.add(row(findings.candidates().get(i), verdicts.get(i), refused[i]));
        }
        Map<String, String> facts = Map.of(
                "refusal_tokens", findings.tokens().evidence().toString(),
                "filter", Boolean.toString(settings.filter()));
        context.warehouse()
                .publish(
                        Table.DIRECTIONS,
                        context.run(),
                        context.spark()
                                .createDataFrame(rows, Table.DIRECTIONS.schema())
                                .coalesce(1),
                        facts);
    }

    private Row row(Candidate candidate, SelectionRule.Verdict verdict, double refused) {
        CandidateScores scores = verdict.scores();
        return RowFactory.create(
                candidate.layer(),
                candidate.position(),
                findings.textAt(candidate.position()),
                findings.nHarmful(),
                findings.nHarmless(),
                SelectedDirection.norm(candidate.vector_D()),
                measured(scores.bypass()),
                measured(scores.induce()),
                measured(scores.kl()),
                verdict.status().sqlName(),
                verdict.reason().isEmpty() ? null : verdict.reason(),
                boxed(candidate.vector_D()),
                settings.ablateSites().toArray(new String[0]),
                IntStream.of(findings.tokens().ids()).boxed().toArray(Integer[]::new),
                candidate.kind().sqlName(),
                measured(refused));
    }

    private static Double measured(double score) {
        return Double.isNaN(score) ? null : score;
    }

    private static Float[] boxed(float[] vector_D) {
        Float[] values = new Float[vector_D.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = vector_D[i];
        }
        return values;
    }
}
