package org.demur.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.demur.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Every benchmark once on the embedded model, with as little work as shows that it measures something. */
class BenchmarksTest {

    @Test
    void extractsToFiles() throws IOException {
        JsonNode report = run("extract", "--count=6", "--layers=1,3", "--batch-tokens=80", "--runs=2", "--warm-ups=0");

        assertThat(report.path("layers").toString()).isEqualTo("[1,3]");
        assertThat(report.path("prompts").asInt()).isEqualTo(6);
        assertThat(report.path("tokens").asInt()).isGreaterThan(6 * 10);
        assertThat(report.path("tokens_per_s").path("n").asInt()).isEqualTo(2);
        assertThat(report.path("mean_abs_check").asDouble()).isPositive();
    }

    @Test
    void generatesAsManyTokensAsAsked() throws IOException {
        JsonNode report = run("generate", "--count=4", "--new=3", "--batch=2", "--runs=1", "--warm-ups=0");

        assertThat(report.path("new_tokens").asInt()).isEqualTo(3);
        double rate = report.path("tokens_per_s").path("median").asDouble();
        assertThat(rate * report.path("wall_s").path("median").asDouble()).isCloseTo(4 * 3, within(0.01));
    }

    @Test
    void steersInTurn() throws IOException {
        JsonNode report = run("steer", "--count=4", "--new=2", "--runs=1", "--warm-ups=0", "--value=50");

        assertThat(report.path("results").fieldNames()).toIterable().containsExactly("plain", "direction", "features");
        assertThat(report.path("ratio_to_plain").path("features").path("median").asDouble())
                .isPositive();
        assertThat(report.path("rows_changed_by_features").asInt()).isBetween(1, 4);
    }

    @Test
    void sweepsTogetherAndApartToTheSameAnswers() throws IOException {
        JsonNode report =
                run("sweep", "--count=3", "--coefficients=2", "--new=2", "--threads=1", "--runs=1", "--warm-ups=0");

        assertThat(report.path("rows").asInt()).isEqualTo(6);
        for (String form : List.of("generate", "forward")) {
            JsonNode result = report.path("results").path(form);
            assertThat(result.path("ratio_of_medians").asDouble()).isPositive();
            assertThat(result.path("differing_rows").isInt()).isTrue();
            assertThat(result.path("differing_rows").asInt()).isZero();
        }
    }

    @Test
    void streamsRowsFromEverySourceToTheSameMix() throws IOException {
        JsonNode results = run("rows", "--rows=4000", "--width=16", "--batch-rows=256", "--count=12", "--passes=2")
                .path("results");

        for (String source : List.of("heap", "spill", "heap_small_window", "spill_small_window", "model")) {
            assertThat(results.path(source).path("rows_per_s").asDouble())
                    .as(source)
                    .isPositive();
        }
        assertThat(results.path("heap").path("mixing_entropy").asDouble()).isCloseTo(1, within(0.02));
        assertThat(results.path("spill_small_window").path("mixing_entropy").asDouble())
                .isEqualTo(
                        results.path("heap_small_window").path("mixing_entropy").asDouble())
                .isLessThan(0.98);
    }

    @Test
    void countsTheMemoryOfTheModel() throws IOException {
        JsonNode report = run("memory", "--count=4", "--batches=3", "--settled=1", "--batch=2", "--threads=1");

        assertThat(report.path("weights_mib").asDouble()).isBetween(13.0, 14.0);
        assertThat(report.path("peak_mib").asDouble())
                .isGreaterThanOrEqualTo(report.path("weights_mib").asDouble());
        assertThat(report.path("batch_budget_mib").asDouble()).isPositive();
    }

    @Test
    void attributesToTheSameScoresWhetherTheBeginningIsHeldOrNot() throws IOException {
        JsonNode report =
                run("attribute", "--count=3", "--features=96", "--steps=3", "--threads=1", "--runs=1", "--warm-ups=0");

        assertThat(report.path("results").fieldNames()).toIterable().containsExactly("every_token", "counted_tokens");
        assertThat(report.path("summed_scores").asDouble()).isPositive();
        double candidates = report.path("summed_candidates").asDouble();
        assertThat(report.path("summed_candidates_counted").asDouble())
                .isCloseTo(candidates, within(1e-3 * candidates));
        assertThat(report.path("peak_over_model").asDouble()).isNotNegative();
    }

    @ParameterizedTest
    @CsvSource({
        "--prompts=classpath:/absent.jsonl, BAD_DATA, classpath:/absent.jsonl cannot be read",
        "--count=0, BAD_DATA, No prompt was read",
        "--layers=8, USAGE, Layer 8 does not exist",
    })
    void saysWhatIsWrong(String argument, ExitCode expected, String message) {
        StringWriter err = new StringWriter();
        CommandLine commandLine = Benchmarks.commandLine().setErr(new PrintWriter(err, true));

        int code = commandLine.execute("extract", argument);

        assertThat(code).isEqualTo(expected.code());
        assertThat(err.toString()).contains(message);
    }

    private static JsonNode run(String... arguments) throws IOException {
        StringWriter out = new StringWriter();
        CommandLine commandLine = Benchmarks.commandLine().setOut(new PrintWriter(out, true));

        assertThat(commandLine.execute(arguments)).isZero();

        List<String> lines = out.toString().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).startsWith(arguments[0] + ": Demur tiny refuser");
        JsonNode report = new ObjectMapper().readTree(lines.get(1));
        assertThat(report.path("bench").asText()).isEqualTo(arguments[0]);
        assertThat(report.path("lib").asText()).isEqualTo("demur");
        return report;
    }
}
