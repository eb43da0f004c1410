package org.demur.judge;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.runtime.RunSeed;

/**
 * A CSV file for people: one pair a row under an opaque id, in random order, without cell, set or method, and an empty
 * column for the answer. The same file, filled in, is what a judge of kind {@code labels} reads.
 */
public final class ReviewSheet {
    private static final String ID = "id";
    private static final String ANSWER = "answer";
    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setHeader(ID, "question", "prompt", "completion", ANSWER)
            .get();
    private static final CSVFormat READ =
            CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();

    private ReviewSheet() {}

    /**
     * Writes a new sheet of at most {@code rows} pairs, drawn and ordered by the seed; answers how many it holds.
     *
     * @throws JobException with EXISTS if the file is there, which could hold answers already
     */
    public static int write(Path file, Subjects subjects, Question question, RunSeed seed, int rows) {
        List<JudgedText> drawn = subjects.texts().collectAsList().stream()
                .map(JudgedText::of)
                .sorted(Comparator.comparingLong((JudgedText text) -> seed.derive("review " + ReviewId.of(text.key())))
                        .thenComparing(text -> ReviewId.of(text.key())))
                .limit(rows)
                .toList();
        try (Writer out = Files.newBufferedWriter(
                        file, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                CSVPrinter printer = FORMAT.print(out)) {
            for (JudgedText text : drawn) {
                printer.printRecord(ReviewId.of(text.key()), question.sqlName(), text.prompt(), text.completion(), "");
            }
            return drawn.size();
        } catch (FileAlreadyExistsException e) {
            throw new JobException(
                    ExitCode.EXISTS,
                    file + " exists",
                    "it could hold answers of a review already",
                    "name a new file",
                    e);
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.UNAVAILABLE,
                    file + " cannot be written (" + e.getClass().getSimpleName() + ")",
                    "its folder is missing or not writable",
                    "check the path",
                    e);
        }
    }

    /** The answers of a sheet by id; rows without an answer are left out. */
    static Map<String, Boolean> answers(Path file) {
        Map<String, Boolean> answers = new TreeMap<>();
        try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8);
                CSVParser parser = READ.parse(in)) {
            if (!parser.getHeaderNames().containsAll(List.of(ID, ANSWER))) {
                throw unreadable(file, "its header has no columns id and answer");
            }
            for (CSVRecord record : parser) {
                String answer = record.isConsistent() ? record.get(ANSWER).strip() : "?";
                if (!List.of("yes", "no", "").contains(answer)) {
                    throw unreadable(file, "row " + record.getRecordNumber() + " answers neither yes nor no");
                }
                if (!answer.isEmpty() && answers.put(record.get(ID), answer.equals("yes")) != null) {
                    throw unreadable(file, "row " + record.getRecordNumber() + " repeats an id");
                }
            }
            return answers;
        } catch (IOException | UncheckedIOException e) {
            throw unreadable(file, e.getClass().getSimpleName());
        }
    }

    private static JobException unreadable(Path file, String why) {
        return new JobException(
                ExitCode.BAD_DATA,
                "Labels in " + file + " cannot be read",
                why,
                "give the file that export-review wrote, with yes, no or nothing in its column answer");
    }
}
