package org.demur.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.demur.JobException;
import org.demur.SharedData;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkRowsTest {
    @TempDir
    Path folder;

    private Path file(String... lines) throws IOException {
        return Files.write(folder.resolve("b.jsonl"), List.of(lines));
    }

    @Test
    void readsProblemsInBothLayouts() throws IOException {
        Path file = file(
                "{\"id\":\"a\",\"prompt\":\"How many?\",\"target\":\"1+1=<<1+1=2>>2\\n#### 1,002\",\"answer\":\"1002\"}",
                "",
                "{\"id\":\"b\",\"question\":\"And now?\",\"answer\":\"It is 3.\\n#### -3\"}");

        List<WordProblem> problems =
                BenchmarkRows.of("g", file, 0, WordProblem::from).read();

        assertThat(problems).extracting(WordProblem::gold).containsExactly("1002", "-3");
        assertThat(problems.get(0).solution()).startsWith("1+1=2\n");
        assertThat(problems.get(1).asked(List.of())).isEqualTo("Question: And now?\nLet's think step by step.");
        assertThat(problems.get(1).asked(problems.subList(0, 1)))
                .isEqualTo("Question: How many?\nAnswer: 1+1=2\n#### 1,002\n\nQuestion: And now?\nAnswer:");
    }

    @Test
    void readsQuestionsWithLettersDigitsAndAnyNumberOfChoices() throws IOException {
        Path file = file(
                "{\"id\":\"a\",\"question\":\"q\",\"choices\":[\"x\",\"y\",\"z\"],\"answer\":\"C\"}",
                "{\"id\":\"b\",\"question\":\"q\",\"choices\":{\"text\":[\"x\",\"y\"],\"label\":[\"1\",\"2\"]},\"answerKey\":\"2\"}",
                "{\"id\":\"c\",\"question\":\"q\",\"choices\":[\"x\",\"y\",\"z\",\"u\",\"v\"],\"answer\":5}");

        List<ChoiceQuestion> questions =
                BenchmarkRows.of("a", file, 0, ChoiceQuestion::from).read();

        assertThat(questions).extracting(ChoiceQuestion::gold).containsExactly(2, 1, 4);
        assertThat(questions).extracting(ChoiceQuestion::key).containsExactly("C", "2", "5");
        assertThat(questions.get(1).asked()).contains("(A) x\n(B) y\n").doesNotContain("(1)");
    }

    @Test
    void rejectsWhatIsNoItemAndNamesLineAndReason() throws IOException {
        Path file = file(
                "{\"id\":\"a\",\"question\":\"q\",\"choices\":[\"x\",\"y\"],\"answer\":\"A\"}",
                "{\"id\":\"b\",\"question\":\"q\",",
                "[1]",
                "{\"question\":\"q\",\"choices\":[\"x\",\"y\"],\"answer\":\"A\"}",
                "{\"id\":\"a\",\"question\":\"q\",\"choices\":[\"x\",\"y\"],\"answer\":\"A\"}",
                "{\"id\":\"c\",\"question\":\"q\",\"choices\":[\"x\",\"y\"],\"answer\":\"C\"}",
                "{\"id\":\"d\",\"question\":\"q\",\"choices\":[\"x\"],\"answer\":\"A\"}",
                "{\"id\":\"e\",\"choices\":[\"x\",\"y\"],\"answer\":\"A\"}",
                "{\"id\":\"f\",\"question\":\"q\",\"choices\":[\"x\",7],\"answer\":\"A\"}");

        var rows = BenchmarkRows.of("a", file, 0, ChoiceQuestion::from);

        assertThat(rows.read()).hasSize(1);
        assertThat(rows.rejected())
                .extracting(row -> row.line() + " " + row.reason())
                .containsExactly(
                        "2 broken_json",
                        "3 broken_json",
                        "4 missing_id",
                        "5 duplicate_id",
                        "6 bad_answer",
                        "7 bad_choices",
                        "8 wrong_type",
                        "9 wrong_type");
        assertThat(rows.rejected()).allSatisfy(row -> assertThat(row.detail()).doesNotContain("q\""));
    }

    @Test
    void stopsAtTheLimitAndSaysWhichFileIsMissing() throws IOException {
        Path file = file(
                "{\"id\":\"a\",\"question\":\"q\",\"answer\":\"1\"}",
                "{\"id\":\"b\",\"question\":\"q\",\"answer\":\"2\"}");

        assertThat(BenchmarkRows.of("g", file, 1, WordProblem::from).read()).hasSize(1);
        assertThatThrownBy(() -> BenchmarkRows.of("g", folder.resolve("none.jsonl"), 0, WordProblem::from))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("none.jsonl")
                .hasMessageContaining("capability.benchmarks");
    }

    @Test
    @Tag("shared")
    void thePublishedFilesAreWhole() {
        var problems =
                BenchmarkRows.of("gsm8k", SharedData.path("data", "gsm8k_test_first200.jsonl"), 0, WordProblem::from);
        var questions = BenchmarkRows.of(
                "arc", SharedData.path("data", "arc_challenge_test_first200.jsonl"), 0, ChoiceQuestion::from);

        assertThat(problems.rejected()).isEmpty();
        assertThat(problems.read()).hasSize(200);
        assertThat(problems.read().get(0).gold()).isEqualTo("18");
        assertThat(problems.read()).allSatisfy(problem -> assertThat(NumericAnswer.corrected(problem.solution()))
                .hasValueSatisfying(number -> assertThat(NumericAnswer.isEqual(number, problem.gold()))
                        .isTrue()));
        assertThat(questions.rejected()).isEmpty();
        assertThat(questions.read()).hasSize(200);
        assertThat(questions.read())
                .anySatisfy(question -> assertThat(question.gold()).isEqualTo(3));
    }
}
