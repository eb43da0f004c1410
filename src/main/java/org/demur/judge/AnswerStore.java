package org.demur.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.config.CanonicalJson;
import org.demur.table.Journal;

/** Outcomes on disk, one JSON line each, that survive the process: what a judge has answered is never asked again. */
record AnswerStore(Path folder) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A line; an absent number is null, because JSON has no NaN. */
    record Line(
            String prompt, String subject, Boolean answer, Boolean anywhere, Double score, Double mass, String reason) {
        static Line of(Judgement judgement) {
            PairKey key = judgement.key();
            if (judgement.outcome() instanceof Outcome.Decided decided) {
                return new Line(
                        key.promptDigest(),
                        key.subjectDigest(),
                        decided.answer(),
                        decided.anywhere(),
                        known(decided.score()),
                        known(decided.answerMass()),
                        null);
            }
            String reason = ((Outcome.Undecided) judgement.outcome()).reason();
            return new Line(key.promptDigest(), key.subjectDigest(), null, null, null, null, reason);
        }

        Judgement judgement() {
            PairKey key = new PairKey(prompt, subject);
            return answer == null
                    ? new Judgement(key, new Outcome.Undecided(reason))
                    : new Judgement(key, new Outcome.Decided(answer, anywhere, number(score), number(mass)));
        }

        private static Double known(double number) {
            return Double.isNaN(number) ? null : number;
        }

        private static double number(Double stored) {
            return stored == null ? Outcome.NO_NUMBER : stored;
        }
    }

    /** Everything stored so far; of several outcomes of one pair the first by file name. */
    Map<PairKey, Judgement> read() {
        Map<PairKey, Judgement> stored = new HashMap<>();
        for (String line : new Journal(folder).lines()) {
            Judgement judgement = parsed(line);
            stored.putIfAbsent(judgement.key(), judgement);
        }
        return stored;
    }

    /** Stores outcomes one after the other. */
    void write(List<Judgement> judgements) {
        try (Journal.Writer writer = new Journal(folder).open()) {
            judgements.forEach(judgement -> writer.append(line(judgement)));
        }
    }

    /** The line of an outcome. */
    static String line(Judgement judgement) {
        return CanonicalJson.of(Line.of(judgement));
    }

    private Judgement parsed(String line) {
        try {
            return JSON.readValue(line, Line.class).judgement();
        } catch (JsonProcessingException e) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "A line of " + line.length() + " characters in " + folder + " is no stored answer",
                    "a file there was changed by hand, or written by another version of Demur",
                    "remove the file; its answers are then asked for again",
                    e);
        }
    }
}
