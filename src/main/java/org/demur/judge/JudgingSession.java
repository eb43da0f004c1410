package org.demur.judge;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.demur.runtime.StageContext;
import org.demur.table.RunId;

/**
 * What judges work on and with.
 *
 * @param context of the stage that judges; its inputs include {@code prompts}, {@code train}, {@code direction} and
 *     {@code attribute}
 * @param subjects everything to judge
 * @param judgeDigest names the judge at work, see {@link NamedJudge#digest()}
 */
public record JudgingSession(StageContext context, Subjects subjects, String judgeDigest) {
    JavaSparkContext spark() {
        return JavaSparkContext.fromSparkContext(context.spark().sparkContext());
    }

    /** Every pair once, in the order of the digests. */
    List<JudgedText> orderedTexts() {
        return subjects.texts().orderBy("prompt_digest", "completion_digest").collectAsList().stream()
                .map(JudgedText::of)
                .toList();
    }

    /** Answers of this judge, from this run and all before it. */
    AnswerStore answers() {
        return new AnswerStore(context.warehouse().scratch("answers", RunId.of("judge " + judgeDigest)));
    }

    /** What this judge finally left unanswered in this run. */
    AnswerStore failures() {
        return new AnswerStore(context.warehouse().scratch("unanswered-" + judgeDigest, context.run()));
    }

    /** Where what this judge spent in this run is counted. */
    Path spent() {
        return context.warehouse().scratch("spent-" + judgeDigest, context.run());
    }
}
