package org.demur.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.judge.http.Asking;
import org.demur.judge.http.Asking.Result;
import org.demur.table.Journal;

/**
 * One run of an HTTP judge. Answers go to disk as they come and are found by every later run; pairs without an answer
 * become final only when all are through, so a run that was stopped asks about them again.
 */
final class HttpJudging {
    private final HttpJudge judge;
    private final JudgingSession session;
    private final Map<String, String> environment;
    private final Queue<Judgement> unanswered = new ConcurrentLinkedQueue<>();

    HttpJudging(HttpJudge judge, JudgingSession session, Map<String, String> environment) {
        this.judge = judge;
        this.session = session;
        this.environment = environment;
    }

    /** One judgement per pair, in the order of the digests. */
    List<Judgement> judgements() {
        AnswerStore answers = session.answers();
        AnswerStore failures = session.failures();
        Map<PairKey, Judgement> known = answers.read();
        failures.read().forEach(known::putIfAbsent);
        List<PairKey> keys = new ArrayList<>();
        Queue<JudgedText> open = new ConcurrentLinkedQueue<>();
        for (JudgedText text : session.orderedTexts()) {
            keys.add(text.key());
            if (!known.containsKey(text.key())) {
                open.add(text);
            }
        }
        if (!open.isEmpty()) {
            ask(open);
            failures.write(List.copyOf(unanswered));
        }
        Map<PairKey, Judgement> all = answers.read();
        failures.read().forEach(all::putIfAbsent);
        return keys.stream().map(all::get).toList();
    }

    private void ask(Queue<JudgedText> open) {
        String what = "score: ask " + judge.endpoint().model();
        session.context().progress().start(what, open.size(), "completions");
        ExecutorService threads = Executors.newFixedThreadPool(judge.quota().parallelRequests());
        try (Asking asking = new Asking(judge.asking(), environment, session.spent());
                Journal.Writer answers = new Journal(session.answers().folder()).open()) {
            List<Future<?>> workers = Stream.generate(() -> threads.submit(() -> work(open, asking, answers)))
                    .limit(judge.quota().parallelRequests())
                    .<Future<?>>map(worker -> worker)
                    .toList();
            finish(workers, asking);
        } finally {
            threads.shutdown();
            session.context().progress().done();
        }
    }

    /** A failure of one worker stops the others, whose running requests still end and are stored. */
    private Void work(Queue<JudgedText> open, Asking asking, Journal.Writer answers) throws InterruptedException {
        boolean isThrough = false;
        try {
            for (JudgedText text = open.poll(); text != null; text = open.poll()) {
                long seed = session.context()
                        .seed()
                        .derive("http judge " + text.key().promptDigest()
                                + text.key().subjectDigest());
                Result result = asking.ask(text.prompt(), text.completion(), seed);
                if (result instanceof Result.Answered answered) {
                    answers.append(AnswerStore.line(new Judgement(text.key(), Outcome.of(answered.yes()))));
                } else if (result instanceof Result.Unanswered none) {
                    unanswered.add(new Judgement(text.key(), new Outcome.Undecided(none.reason())));
                }
                session.context().progress().advance(1);
            }
            isThrough = true;
            return null;
        } finally {
            if (!isThrough) {
                open.clear();
                asking.stop();
            }
        }
    }

    private static void finish(List<Future<?>> workers, Asking asking) {
        List<RuntimeException> failures = new ArrayList<>();
        for (Future<?> worker : workers) {
            try {
                worker.get();
            } catch (ExecutionException e) {
                failures.add(
                        e.getCause() instanceof JobException meant
                                ? meant
                                : new IllegalStateException("A judge's thread failed", e.getCause()));
            } catch (InterruptedException e) {
                asking.stop();
                Thread.currentThread().interrupt();
                throw new JobException(
                        ExitCode.RETRY,
                        "The judging was interrupted",
                        "the job was cancelled",
                        "run it again: answers so far are kept",
                        e);
            }
        }
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
    }
}
