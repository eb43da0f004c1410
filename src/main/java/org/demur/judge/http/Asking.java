package org.demur.judge.http;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.demur.ExitCode;
import org.demur.JobException;

/**
 * Asks one endpoint about many pairs from several threads: repeats what failed in passing, keeps the pace, holds back
 * when the server asks for it, and stays within the budget.
 */
public final class Asking implements AutoCloseable {
    private final Settings settings;
    private final EndpointClient client;
    private final Gate gate;
    private final Budget budget;
    private final AtomicInteger failuresInARow = new AtomicInteger();

    /**
     * What is asked and how.
     *
     * @param instructions the system message
     */
    public record Settings(Endpoint endpoint, Patience patience, Quota quota, String instructions) {}

    /** What came of a pair in the end. */
    public sealed interface Result {
        /** The endpoint answered. */
        record Answered(boolean yes) implements Result {}

        /** It did not, for this reason; no text is part of it. */
        record Unanswered(String reason) implements Result {}

        /** The asking was stopped before this pair's turn, which is therefore still to come. */
        record Stopped() implements Result {}
    }

    /**
     * Prepares the asking; sends nothing yet.
     *
     * @param environment where the key is
     * @param spent folder of this run in which requests and tokens are counted
     * @throws JobException with USAGE if the key is not there
     */
    public Asking(Settings settings, Map<String, String> environment, Path spent) {
        this.settings = settings;
        this.client = new EndpointClient(
                settings.endpoint(),
                settings.patience().timeoutMillis(),
                settings.endpoint().key(environment));
        this.gate = new Gate(settings.quota().requestsPerMinute());
        this.budget = new Budget(settings.quota(), spent);
    }

    /**
     * Asks until there is a result.
     *
     * @param seed of the pauses' random parts
     * @throws JobException if the endpoint refuses all requests, or leaves too many pairs in a row unanswered
     */
    public Result ask(String prompt, String response, long seed) throws InterruptedException {
        Conversation conversation = new Conversation(settings.endpoint(), settings.instructions(), prompt, response);
        SplittableRandom random = new SplittableRandom(seed);
        for (int failures = 0; ; ) {
            if (!gate.pass()) {
                return new Result.Stopped();
            }
            if (!budget.book(conversation.mostTokens())) {
                return new Result.Unanswered("the budget of this run is spent");
            }
            Reply reply = booked(conversation);
            if (reply instanceof Reply.Answer answer) {
                failuresInARow.set(0);
                return new Result.Answered(answer.yes());
            }
            if (reply instanceof Reply.Final last) {
                return unanswered(last.reason());
            }
            Reply.Passing passing = (Reply.Passing) reply;
            failures++;
            if (passing.earliest().toMillis() > settings.patience().longestPauseMillis()) {
                return unanswered(passing.reason() + " with a wait of "
                        + passing.earliest().toSeconds() + " s, which is longer than longest-pause-ms");
            }
            gate.hold(passing.earliest());
            if (failures >= settings.patience().attempts()) {
                return unanswered(passing.reason() + ", after " + failures + " attempts");
            }
            gate.pause(Duration.ofMillis(settings.patience().pauseMillis(failures, random.nextDouble())));
        }
    }

    /** Ends all waiting; pairs that are not answered by then are {@link Result.Stopped}. */
    public void stop() {
        gate.close();
    }

    @Override
    public void close() {
        budget.close();
    }

    private Reply booked(Conversation conversation) throws InterruptedException {
        long taken = conversation.mostTokens();
        try {
            Reply reply = client.ask(conversation);
            taken = reply.tokens() == Reply.UNKNOWN ? taken : reply.tokens();
            return reply;
        } finally {
            budget.settle(conversation.mostTokens(), taken);
        }
    }

    private Result unanswered(String reason) {
        int limit = settings.patience().giveUpAfter();
        if (failuresInARow.incrementAndGet() >= limit) {
            throw new JobException(
                    ExitCode.RETRY,
                    "The judge's endpoint " + settings.endpoint().url() + " left " + limit
                            + " completions in a row unanswered, the last with: " + reason,
                    "it is down, overloaded, or does not give answers of the form asked for",
                    "run the job again later: answers so far are kept; or raise the judge's give-up-after");
        }
        return new Result.Unanswered(reason);
    }
}
