package org.demur.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;
import org.demur.JobException;
import org.demur.judge.http.Endpoint;
import org.demur.judge.http.Patience;
import org.demur.judge.http.Quota;
import org.demur.judge.http.TestEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The HTTP judge against a server that does everything a server can do wrong. */
class HttpJudgeSparkTest {
    private static final Map<String, String> KEY = Map.of("TEST_KEY", "secret-77aa");
    private static final List<String> COMPLETIONS = List.of(
            "#0 yes",
            "#1 no",
            "#2 429 yes",
            "#3 500 no",
            "#4 garbage yes",
            "#5 hang no",
            "#6 close yes",
            "#7 other no",
            "#8 500",
            "#9 garbage",
            "#10 hang",
            "#11 close",
            "#12 more",
            "#13 400");

    @TempDir
    Path folder;

    private TestEndpoint server;

    @BeforeEach
    void open() throws IOException {
        server = new TestEndpoint();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void noCompletionIsLostAndNoneJudgedTwice() {
        List<Judgement> first = judged("first", COMPLETIONS, 0);
        assertThat(first).hasSize(COMPLETIONS.size()).doesNotContainNull();
        assertThat(first)
                .filteredOn(judgement -> judgement.outcome() instanceof Outcome.Decided)
                .hasSize(8);
        assertThat(first)
                .extracting(Judgement::outcome)
                .filteredOn(Outcome.Undecided.class::isInstance)
                .allSatisfy(outcome -> assertThat(outcome.toString())
                        .containsAnyOf("status 500", "not JSON", "no answer", "connection", "is not {", "status 400")
                        .doesNotContain("secret"));

        int requests = server.total();
        assertThat(judged("first", COMPLETIONS, 0))
                .as("a restart of the same run")
                .isEqualTo(first);
        assertThat(server.total()).isEqualTo(requests);

        List<Judgement> next = judged("next", COMPLETIONS.subList(0, 9), 0);
        assertThat(next).hasSize(9);
        assertThat(server.requests().get("#8 500"))
                .as("another run may try again")
                .isEqualTo(6);
        assertThat(server.answers()).hasSize(8).allSatisfy((completion, times) -> assertThat(times)
                .as(completion)
                .isEqualTo(1));
    }

    @Test
    void equalPairsAreOneQuestion() {
        Subjects twice = new Subjects(JudgingFixture.subjects(List.of("# yes"))
                .rows()
                .union(JudgingFixture.subjects(List.of("# yes")).rows()));
        HttpJudge judge = judge(0);
        JudgingSession session = new JudgingSession(new JudgingFixture(folder).context("run"), twice, "d");
        assertThat(new HttpJudging(judge, session, KEY).judgements()).hasSize(1);
        assertThat(server.total()).isEqualTo(1);
    }

    @Test
    void whatTheBudgetDoesNotCoverBecomesARowToo() {
        List<Judgement> judged = judged("poor", List.of("#0 yes", "#1 yes", "#2 yes", "#3 yes"), 3);
        assertThat(judged).hasSize(4);
        assertThat(judged)
                .extracting(Judgement::outcome)
                .filteredOn(Outcome.Undecided.class::isInstance)
                .containsExactly(new Outcome.Undecided("the budget of this run is spent"));
        assertThat(server.total()).isEqualTo(3);
    }

    @Test
    void aRunThatFailedGoesOnWhereItWas() {
        List<String> completions = List.of("#0 yes", "#1 yes", "#2 yes", "#3 401 yes");
        assertThatThrownBy(() -> judged("run", completions, 0))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("status 401")
                .hasMessageNotContaining("secret");
        assertThat(judged("run", completions, 0)).extracting(Judgement::outcome).containsOnly(Outcome.of(true));
        assertThat(server.answers())
                .allSatisfy(
                        (completion, times) -> assertThat(times).as(completion).isEqualTo(1));
    }

    @Test
    void theKeyReachesNoLogAndNoFile() throws IOException {
        List<String> lines = new CopyOnWriteArrayList<>();
        Logger root = (Logger) LogManager.getRootLogger();
        AbstractAppender appender = new AbstractAppender("key", null, null, false, Property.EMPTY_ARRAY) {
            @Override
            public void append(LogEvent event) {
                lines.add(event.getMessage().getFormattedMessage() + event.getThrown());
            }
        };
        appender.start();
        root.addAppender(appender);
        Level before = root.getLevel();
        Configurator.setRootLevel(Level.DEBUG);
        try {
            assertThat(judged("run", COMPLETIONS, 0)).hasSize(COMPLETIONS.size());
        } finally {
            Configurator.setRootLevel(before);
            root.removeAppender(appender);
        }
        assertThat(server.keys()).contains("Bearer secret-77aa");
        assertThat(lines).isNotEmpty().noneMatch(line -> line.contains("secret-77aa"));
        try (Stream<Path> files = Files.walk(folder)) {
            assertThat(files.filter(Files::isRegularFile).toList()).isNotEmpty().allSatisfy(file -> assertThat(
                            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .doesNotContain("secret-77aa"));
        }
    }

    private List<Judgement> judged(String run, List<String> completions, int maxRequests) {
        HttpJudge judge = judge(maxRequests);
        JudgingSession session = new JudgingFixture(folder).session(run, judge, completions);
        return new HttpJudging(judge, session, KEY).judgements();
    }

    private HttpJudge judge(int maxRequests) {
        return new HttpJudge(
                new Endpoint(server.url(), "test", "TEST_KEY", 32, true),
                Question.REFUSED,
                new Patience(3, 10, 5_000, 1_500, 100),
                new Quota(3, 600_000, maxRequests, 0));
    }
}
