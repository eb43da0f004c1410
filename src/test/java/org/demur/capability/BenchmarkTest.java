package org.demur.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.demur.JobException;
import org.demur.SharedData;
import org.demur.engine.HfTokenizer;
import org.demur.losses.ScoredText;
import org.demur.model.ModelBundle;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkTest {
    private static final Path EMBEDDED = Path.of("src/main/resources/org/demur/embedded/demur-tiny-refuser.Q8_0.gguf");

    @TempDir
    Path folder;

    private static BenchmarkSettings settings(BenchmarkSettings.Kind kind, Path path, List<Integer> shots) {
        return new BenchmarkSettings("b", kind, path, 0, shots, Optional.empty(), 8);
    }

    private Path problems(int count) throws IOException {
        return Files.write(
                folder.resolve("p.jsonl"),
                IntStream.range(0, count)
                        .mapToObj(i -> "{\"id\":\"p%d\",\"question\":\"What is %d?\",\"answer\":\"#### %d\"}"
                                .formatted(i, i, i))
                        .toList());
    }

    @Test
    void examplesAreNoItemsInAnyMode() throws IOException {
        try (ModelBundle bundle = ModelBundle.open(EMBEDDED);
                ChatPrompts chat = ChatPrompts.of(bundle, "2024-07-26")) {
            Benchmark benchmark =
                    Benchmark.of(settings(BenchmarkSettings.Kind.GSM8K, problems(5), List.of(0, 2)), chat, 2);

            assertThat(benchmark.probes())
                    .extracting(Probe::key)
                    .containsExactly("zero_shot", "zero_shot", "2_shot", "2_shot");
            assertThat(benchmark.probes())
                    .flatExtracting(probe -> ((WordProblemProbe) probe).items())
                    .extracting(item -> ((WordProblemProbe.Item) item).id())
                    .containsExactly("p2", "p3", "p4", "p2", "p3", "p4");
            assertThatThrownBy(() ->
                            Benchmark.of(settings(BenchmarkSettings.Kind.GSM8K, problems(2), List.of(2)), chat, 2))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("0 usable rows where 1 are needed");
        }
    }

    @Test
    @Tag("shared")
    void lettersAndChoicesAreTheTokensThatFollowTheQuestion() {
        Path model = SharedData.path("models", "smollm2-135m-refuser.Q8_0.gguf");
        Path file = SharedData.path("data", "arc_challenge_test_first200.jsonl");
        try (ModelBundle bundle = ModelBundle.open(model);
                HfTokenizer tokenizer = HfTokenizer.of(bundle);
                ChatPrompts chat = ChatPrompts.of(bundle, "2024-07-26")) {
            List<Probe> probes = Benchmark.of(settings(BenchmarkSettings.Kind.ARC, file, List.of(0)), chat, 200)
                    .probes();
            LetterProbe.Item letters = ((LetterProbe) probes.get(0)).items().get(0);
            LikelihoodProbe.Item choices = ((LikelihoodProbe) probes.get(1))
                    .items().stream()
                            .filter(item -> item.id().equals(letters.id()))
                            .findFirst()
                            .orElseThrow();
            String text = tokenizer.decode(letters.prompt().tokenIds());

            assertThat(text).endsWith("<|im_start|>assistant\n" + LetterProbe.PREFILL);
            for (int i = 0; i < letters.letters().length; i++) {
                assertThat(tokenizer.decode(new int[] {letters.letters()[i]})).isEqualTo(ChoiceQuestion.letter(i));
            }
            ScoredText answer = choices.answers().get(1);
            int[] ids = answer.tokenIds();
            String scored = tokenizer.decode(
                    Arrays.stream(answer.predictors()).map(t -> ids[t + 1]).toArray());
            assertThat(text).contains("(B) " + scored + "\n");
            assertThat(scored).hasSize(choices.bytes()[1]);
        }
    }
}
