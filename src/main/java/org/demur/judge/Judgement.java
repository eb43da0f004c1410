package org.demur.judge;

import java.io.Serializable;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** One outcome of one judge. */
public record Judgement(PairKey key, Outcome outcome) implements Serializable {

    /** The row of the table {@code judgements}. */
    Row row(NamedJudge judge) {
        if (outcome instanceof Outcome.Decided decided) {
            return row(judge, decided.answer(), decided.anywhere(), numbers(decided), null);
        }
        return row(judge, null, null, new Double[2], ((Outcome.Undecided) outcome).reason());
    }

    private Row row(NamedJudge judge, Boolean answer, Boolean anywhere, Double[] numbers, String reason) {
        return RowFactory.create(
                judge.name(),
                judge.judge().kind(),
                judge.digest(),
                judge.judge().question().sqlName(),
                key.promptDigest(),
                key.subjectDigest(),
                answer,
                anywhere,
                numbers[0],
                numbers[1],
                reason);
    }

    private static Double[] numbers(Outcome.Decided decided) {
        return new Double[] {known(decided.score()), known(decided.answerMass())};
    }

    private static Double known(double number) {
        return Double.isNaN(number) ? null : number;
    }
}
