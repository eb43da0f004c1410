package org.demur.capability;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.losses.ScoredText;
import org.demur.prompts.TokenClass;

/**
 * A benchmark's items as the model reads them.
 *
 * @param rejected rows of its files that are no items
 */
record Benchmark(List<Probe> probes, List<RejectedRow> rejected) {

    /** Reads and renders a benchmark; its probes hold at most {@code itemsPerProbe} items of about the same length. */
    static Benchmark of(BenchmarkSettings settings, ChatPrompts chat, int itemsPerProbe) {
        return switch (settings.kind()) {
            case GSM8K -> wordProblems(settings, chat, itemsPerProbe);
            case ARC -> choiceQuestions(settings, chat, itemsPerProbe);
        };
    }

    private static Benchmark wordProblems(BenchmarkSettings settings, ChatPrompts chat, int itemsPerProbe) {
        int shots = settings.mostShots();
        boolean ownExamples = shots > 0 && settings.examples().isEmpty();
        int wanted = settings.limit() == 0 ? 0 : settings.limit() + (ownExamples ? shots : 0);
        var rows = BenchmarkRows.of(settings.name(), settings.path(), wanted, WordProblem::from);
        List<RejectedRow> rejected = new ArrayList<>(rows.rejected());
        List<WordProblem> examples = rows.read();
        Optional<BenchmarkRows<WordProblem>> others = settings.examples()
                .filter(path -> shots > 0)
                .map(path -> BenchmarkRows.of(settings.name(), path, shots, WordProblem::from));
        if (others.isPresent()) {
            examples = others.get().read();
            rejected.addAll(others.get().rejected());
        }
        requireEnough(settings, examples.size(), shots);
        List<WordProblem> problems =
                rows.read().subList(ownExamples ? shots : 0, rows.read().size());
        requireEnough(settings, problems.size(), 1);
        int[] cue = chat.following("0", WordProblemProbe.CUE);
        List<Probe> probes = new ArrayList<>();
        for (int number : settings.shots()) {
            List<WordProblem> shown = examples.subList(0, number);
            var style = new WordProblemProbe.Style(
                    number == 0 ? "zero_shot" : number + "_shot", cue, settings.maxNewTokens());
            List<WordProblemProbe.Item> items = problems.stream()
                    .map(problem ->
                            new WordProblemProbe.Item(problem.id(), problem.gold(), chat.asked(problem.asked(shown))))
                    .toList();
            chunks(items, itemsPerProbe, item -> item.prompt().length())
                    .forEach(chunk -> probes.add(new WordProblemProbe(settings.name(), style, chunk)));
        }
        return new Benchmark(probes, rejected);
    }

    private static Benchmark choiceQuestions(BenchmarkSettings settings, ChatPrompts chat, int itemsPerProbe) {
        var rows = BenchmarkRows.of(settings.name(), settings.path(), settings.limit(), ChoiceQuestion::from);
        requireEnough(settings, rows.read().size(), 1);
        List<Probe> probes = new ArrayList<>();
        Function<ChoiceQuestion, LetterProbe.Item> letter = question -> letter(question, chat);
        chunks(rows.map(letter), itemsPerProbe, item -> item.prompt().length())
                .forEach(chunk -> probes.add(new LetterProbe(settings.name(), chunk)));
        Function<ChoiceQuestion, LikelihoodProbe.Item> likelihood = question -> likelihood(question, chat);
        chunks(
                        rows.map(likelihood),
                        itemsPerProbe,
                        item -> item.answers().get(0).tokenIds().length)
                .forEach(chunk -> probes.add(new LikelihoodProbe(settings.name(), chunk)));
        return new Benchmark(probes, rows.rejected());
    }

    private static LetterProbe.Item letter(ChoiceQuestion question, ChatPrompts chat) {
        int[] letters = IntStream.range(0, question.choices().size())
                .map(i -> chat.following(LetterProbe.PREFILL, ChoiceQuestion.letter(i))[0])
                .toArray();
        return new LetterProbe.Item(
                question.id(),
                question.key(),
                question.gold(),
                letters,
                chat.begun(question.asked(), LetterProbe.PREFILL));
    }

    private static LikelihoodProbe.Item likelihood(ChoiceQuestion question, ChatPrompts chat) {
        List<ScoredText> answers = new ArrayList<>();
        for (String choice : question.choices()) {
            Passage answered = chat.begun(question.question(), choice);
            answers.add(ScoredText.of("", question.id(), answered.tokenIds(), answered.classes(), TokenClass.RESPONSE));
        }
        int[] bytes = question.choices().stream()
                .mapToInt(choice -> choice.getBytes(StandardCharsets.UTF_8).length)
                .toArray();
        return new LikelihoodProbe.Item(question.id(), question.gold(), answers, bytes);
    }

    /** Runs of items of similar length, so that batches hold little padding; in the order of length, then of the file. */
    static <T> List<List<T>> chunks(List<T> items, int size, ToIntFunction<T> length) {
        List<T> ordered = items.stream().sorted(Comparator.comparingInt(length)).toList();
        List<List<T>> chunks = new ArrayList<>();
        for (int from = 0; from < ordered.size(); from += size) {
            chunks.add(List.copyOf(ordered.subList(from, Math.min(ordered.size(), from + size))));
        }
        return chunks;
    }

    private static void requireEnough(BenchmarkSettings settings, int found, int needed) {
        if (found < needed) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "Benchmark " + settings.name() + " has " + found + " usable rows where " + needed + " are needed",
                    "its file is short, or most of its rows went to the quarantine",
                    "ask for fewer shots, or give another file in capability.benchmarks");
        }
    }
}
