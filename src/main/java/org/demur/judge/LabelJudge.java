package org.demur.judge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.config.ConfigSection;
import org.demur.table.Sha256;

/**
 * Answers that people gave in a {@link ReviewSheet}. Pairs that the sheet does not answer stay undecided.
 *
 * @param path of the sheet
 */
public record LabelJudge(String path, Question question) implements Judge {
    static LabelJudge from(ConfigSection section) {
        return new LabelJudge(section.string("path"), Question.from(section));
    }

    @Override
    public String kind() {
        return "labels";
    }

    @Override
    public Map<String, Object> identity() {
        return Map.of("file", fileDigest(), "question", question.sqlName());
    }

    @Override
    public Map<String, String> sourceDigests() {
        return Map.of(path, fileDigest());
    }

    @Override
    public JavaRDD<Judgement> judge(JudgingSession session) {
        Map<String, Boolean> answers = ReviewSheet.answers(Path.of(path));
        return session.subjects().texts().toJavaRDD().map(JudgedText::of).map(text -> judgement(text.key(), answers));
    }

    private static Judgement judgement(PairKey key, Map<String, Boolean> answers) {
        Boolean answer = answers.get(ReviewId.of(key));
        return new Judgement(key, answer == null ? new Outcome.Undecided("not labelled") : Outcome.of(answer));
    }

    private String fileDigest() {
        try {
            return HexFormat.of().formatHex(Sha256.of(Files.readAllBytes(Path.of(path))));
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "Labels " + path + " cannot be read",
                    "relative paths start at the folder where the command was started",
                    "correct the path of the judge of kind labels",
                    e);
        }
    }
}
