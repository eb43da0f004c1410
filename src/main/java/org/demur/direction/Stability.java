package org.demur.direction;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.statistics.Bootstrap;
import org.demur.statistics.Interval;

/**
 * Publishes {@code direction_stability}: how much directions at the selected layer and position depend on the prompts that
 * they were found from.
 */
final class Stability {
    private static final double CONFIDENCE = 0.95;

    private final StageContext context;
    private final DirectionSettings.Choice choice;

    Stability(StageContext context, DirectionSettings.Choice choice) {
        this.context = context;
        this.choice = choice;
    }

    /** One row of the table before it is measured. */
    private record Question(DirectionKind kind, String comparison) implements Serializable {}

    /** Fits every kind again on resamples and halves, one task each. */
    void publish(Samples samples, Candidate selected) {
        List<Question> questions = choice.stabilityResamples() == 0 ? List.of() : questions();
        List<double[]> cosines = new ArrayList<>();
        if (!questions.isEmpty()) {
            double penalty = choice.logisticPenalty();
            Resamples resamples = new Resamples(context.seed(), choice.stabilityResamples());
            cosines.addAll(JavaSparkContext.fromSparkContext(context.spark().sparkContext())
                    .parallelize(questions, questions.size())
                    .map(question -> cosines(question, samples, resamples, penalty))
                    .collect());
        }
        List<Row> rows = IntStream.range(0, questions.size())
                .mapToObj(i -> row(questions.get(i), samples, selected, cosines.get(i)))
                .toList();
        context.warehouse()
                .publish(
                        Table.DIRECTION_STABILITY,
                        context.run(),
                        context.spark()
                                .createDataFrame(rows, Table.DIRECTION_STABILITY.schema())
                                .coalesce(1));
    }

    private List<Question> questions() {
        List<Question> questions = new ArrayList<>();
        for (DirectionKind kind : choice.kinds()) {
            questions.add(new Question(kind, "bootstrap"));
            questions.add(new Question(kind, "split_half"));
            choice.kinds().stream()
                    .filter(other -> other.compareTo(kind) > 0)
                    .forEach(other -> questions.add(new Question(kind, other.sqlName())));
        }
        return questions;
    }

    private static double[] cosines(Question question, Samples samples, Resamples resamples, double penalty) {
        DirectionFits fits = new DirectionFits(samples, penalty);
        double[] whole_N = fits.weights(question.kind(), samples.all());
        return switch (question.comparison()) {
            case "bootstrap" ->
                IntStream.range(0, resamples.count())
                        .mapToDouble(r -> fits.cosine(
                                whole_N, fits.weights(question.kind(), resamples.withReplacement(samples, r))))
                        .toArray();
            case "split_half" ->
                IntStream.range(0, resamples.count())
                        .mapToDouble(r -> {
                            Resamples.Halves halves = resamples.halves(samples, r);
                            return fits.cosine(
                                    fits.weights(question.kind(), halves.first()),
                                    fits.weights(question.kind(), halves.second()));
                        })
                        .toArray();
            default -> {
                DirectionKind kind = DirectionKind.of(question.comparison());
                yield new double[] {fits.cosine(whole_N, fits.weights(kind, samples.all()))};
            }
        };
    }

    private static Row row(Question question, Samples samples, Candidate selected, double[] cosines) {
        boolean isSampled = cosines.length > 1;
        Interval interval = Bootstrap.quantiles(cosines, CONFIDENCE);
        double sum = 0;
        for (double cosine : cosines) {
            sum += cosine;
        }
        return RowFactory.create(
                selected.layer(),
                selected.position(),
                question.kind().sqlName(),
                question.comparison(),
                samples.nHarmful(),
                samples.n() - samples.nHarmful(),
                cosines.length,
                sum / cosines.length,
                isSampled ? interval.low() : null,
                isSampled ? interval.high() : null);
    }
}
