package org.demur.judge;

import java.io.Serializable;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;

/**
 * A judge as a job file sets it, and the one way to run it. Judges never lose a completion: what they cannot judge comes
 * back as {@link Outcome.Undecided}.
 */
public sealed interface Judge extends Serializable
        permits PhraseJudge, FirstTokenJudge, ClassifierJudge, HttpJudge, LabelJudge {
    /** The kind in job files and tables. */
    String kind();

    /** What the answers are about. */
    Question question();

    /** What is judged beside the prompt. */
    default Subject subject() {
        return Subject.COMPLETION;
    }

    /**
     * Everything that an answer depends on besides prompt and completion, by name; its canonical JSON is digested into
     * the key under which answers are kept.
     */
    Map<String, Object> identity();

    /** Digests of the files that the judge reads, by name; part of the run id of whoever runs it. */
    default Map<String, String> sourceDigests() {
        return Map.of();
    }

    /** One judgement per distinct pair of the session, in any order. */
    JavaRDD<Judgement> judge(JudgingSession session);
}
