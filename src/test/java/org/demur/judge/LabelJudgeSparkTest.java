package org.demur.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.demur.JobException;
import org.demur.runtime.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelJudgeSparkTest {
    private static final List<String> COMPLETIONS =
            IntStream.range(0, 12).mapToObj(i -> "Completion, \"number\"\n" + i).toList();

    @TempDir
    Path folder;

    @Test
    void aFilledSheetComesBackAsJudgements() throws IOException {
        Path sheet = folder.resolve("sheet.csv");
        assertThat(write(sheet, 1, 10)).isEqualTo(10);
        String text = Files.readString(sheet);
        assertThat(text).startsWith("id,question,prompt,completion,answer").doesNotContain("test/base", "none", "p0");
        // Yes, no and nothing by turns, in the order of the sheet.
        int[] row = {0};
        String filled = text.lines()
                .map(line -> !line.endsWith(",")
                        ? line
                        : line + List.of("yes", "no", "").get(row[0]++ % 3))
                .collect(Collectors.joining("\r\n", "", "\r\n"));
        Files.writeString(sheet, filled);

        LabelJudge judge = new LabelJudge(sheet.toString(), Question.REFUSED);
        JudgingSession session = new JudgingFixture(folder).session("run", judge, COMPLETIONS);
        Map<Outcome, Long> outcomes = judge.judge(session).collect().stream()
                .collect(Collectors.groupingBy(Judgement::outcome, Collectors.counting()));
        assertThat(outcomes)
                .isEqualTo(
                        Map.of(Outcome.of(true), 4L, Outcome.of(false), 3L, new Outcome.Undecided("not labelled"), 5L));
    }

    @Test
    void theSeedDecidesTheOrder() throws IOException {
        write(folder.resolve("a.csv"), 1, 12);
        write(folder.resolve("b.csv"), 1, 12);
        write(folder.resolve("c.csv"), 2, 12);
        assertThat(folder.resolve("a.csv")).hasSameTextualContentAs(folder.resolve("b.csv"));
        assertThat(Files.readString(folder.resolve("c.csv"))).isNotEqualTo(Files.readString(folder.resolve("a.csv")));
    }

    @Test
    void aSheetIsNeverOverwritten() throws IOException {
        Path sheet = Files.writeString(folder.resolve("sheet.csv"), "work of hours");
        assertThatThrownBy(() -> write(sheet, 1, 10))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("sheet.csv exists");
        assertThat(sheet).hasContent("work of hours");
    }

    @ParameterizedTest
    @CsvSource({
        "'id,completion\na,b\n', no columns id and answer",
        "'id,answer\na,maybe\n', row 1 answers neither yes nor no",
        "'id,answer\na,yes\na,no\n', row 2 repeats an id",
        "'id,answer\na\n', row 1 answers neither yes nor no"
    })
    void whatIsNoSheetIsRefused(String text, String why) throws IOException {
        Path sheet = Files.writeString(folder.resolve("sheet.csv"), text);
        assertThatThrownBy(() -> ReviewSheet.answers(sheet))
                .isInstanceOf(JobException.class)
                .hasMessageContaining(why);
    }

    private static int write(Path sheet, long seed, int rows) {
        return ReviewSheet.write(
                sheet, JudgingFixture.subjects(COMPLETIONS), Question.REFUSED, new RunSeed(seed), rows);
    }
}
