package org.demur.judge;

import org.apache.spark.api.java.JavaSparkContext;
import org.demur.runtime.StageContext;

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
}
