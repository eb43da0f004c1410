package org.demur.evaluation;

import static org.apache.spark.sql.functions.col;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.demur.corpus.ExtractionFacts;
import org.demur.evaluation.probe.Concept;
import org.demur.evaluation.probe.LabelledPrompts;
import org.demur.evaluation.probe.ProbeSettings;
import org.demur.runtime.StageContext;
import org.demur.sae.HeldOutPrompts;
import org.demur.sae.RowHash;
import org.demur.schema.Table;

/**
 * Chooses the prompts of probes by a hash of their keys. Prompts that were kept out of the training of the dictionaries are
 * test prompts; others join them up to the share that is asked for. Where only a sample of the vectors is stored, held-out
 * prompts alone have all of theirs, so all come from them. A concept has as many prompts with it as without.
 */
final class ProbeSample {
    private static final String LABEL = "label";

    private final StageContext context;
    private final ProbeSettings settings;
    private final HeldOutPrompts heldOut;
    private final long seed;
    private final boolean isPartial;

    ProbeSample(StageContext context, ProbeSettings settings, HeldOutPrompts heldOut) {
        this.context = context;
        this.settings = settings;
        this.heldOut = heldOut;
        this.seed = context.seed().derive("evaluate probes");
        this.isPartial = ExtractionFacts.of(context.warehouse()
                        .manifest(Table.ACTIVATIONS, context.input("extract"))
                        .facts())
                .map(ExtractionFacts::isPartial)
                .orElse(false);
    }

    /**
     * Concepts over the prompts of one numbering.
     *
     * @param numbers by {@link #key}
     */
    record Chosen(List<Concept> concepts, Map<String, Integer> numbers) {}

    /** Name of a prompt across sets. */
    static String key(String setName, String promptId) {
        return setName + '\n' + promptId;
    }

    /** A candidate; {@code order} is the hash of its key. */
    private record Candidate(String key, String label, String category, boolean isTest, long order) {}

    /** {@code harmful} against {@code harmless}, and the most frequent categories against the rest of their label. */
    Chosen choose() {
        List<Candidate> candidates = candidates();
        Map<String, Integer> numbers = new HashMap<>();
        List<Concept> concepts = new ArrayList<>();
        List<Candidate> labelled = candidates.stream()
                .filter(prompt ->
                        prompt.label().equals("harmful") || prompt.label().equals("harmless"))
                .toList();
        concepts.add(concept("harmful", labelled, prompt -> prompt.label().equals("harmful"), numbers));
        for (String category : frequent(candidates)) {
            String label = category.substring(0, category.indexOf('\n'));
            List<Candidate> same = candidates.stream()
                    .filter(prompt -> prompt.label().equals(label))
                    .toList();
            String name = label + ": " + category.substring(label.length() + 1);
            concepts.add(concept(name, same, prompt -> category(prompt).equals(category), numbers));
        }
        return new Chosen(concepts, numbers);
    }

    private static String category(Candidate prompt) {
        return prompt.label() + '\n' + prompt.category();
    }

    private List<Candidate> candidates() {
        var corpus = context.warehouse()
                .read(Table.ACTIVATIONS, context.input("extract"))
                .select("set_name")
                .distinct();
        List<Candidate> candidates = new ArrayList<>(context
                .warehouse()
                .read(Table.PROMPTS, context.input("prompts"))
                .where(col("kind").equalTo("chat").and(col(LABEL).isNotNull()))
                .join(corpus, "set_name")
                .select("set_name", "prompt_id", LABEL, "category")
                .collectAsList()
                .stream()
                .filter(row -> !isPartial || heldOut.contains(row.getString(0), row.getString(1)))
                .map(row -> candidate(
                        key(row.getString(0), row.getString(1)),
                        !isPartial && heldOut.contains(row.getString(0), row.getString(1)),
                        row.getString(2),
                        row.isNullAt(3) ? "" : row.getString(3)))
                .toList());
        candidates.sort(Comparator.comparingLong(Candidate::order).thenComparing(Candidate::key));
        return candidates;
    }

    private Candidate candidate(String key, boolean mustTest, String label, String category) {
        RowHash hash = new RowHash(seed);
        hash.add(key.getBytes(StandardCharsets.UTF_8));
        // The order of prompts and their side must not hang together, or a limit would leave one side empty.
        double unit = (hash.value() >>> 11) * 0x1p-53;
        hash.add(1);
        return new Candidate(key, label, category, mustTest || unit < settings.testFraction(), hash.value());
    }

    /** The categories with the most prompts, in the order of their names. */
    private TreeSet<String> frequent(List<Candidate> candidates) {
        TreeMap<String, Integer> counts = new TreeMap<>();
        candidates.stream()
                .filter(prompt -> !prompt.category().isEmpty())
                .forEach(prompt -> counts.merge(category(prompt), 1, Integer::sum));
        TreeSet<String> frequent = new TreeSet<>();
        counts.entrySet().stream()
                .filter(entry -> entry.getValue() >= settings.minPrompts())
                .sorted(Comparator.comparingInt((Map.Entry<String, Integer> entry) -> -entry.getValue()))
                .limit(settings.categories())
                .forEach(entry -> frequent.add(entry.getKey()));
        return frequent;
    }

    private Concept concept(
            String name, List<Candidate> prompts, Predicate<Candidate> isPositive, Map<String, Integer> numbers) {
        return new Concept(
                name,
                balanced(prompts.stream().filter(prompt -> !prompt.isTest()).toList(), isPositive, numbers),
                balanced(prompts.stream().filter(Candidate::isTest).toList(), isPositive, numbers));
    }

    /** As many of both kinds as the rarer has, within the limit. */
    private LabelledPrompts balanced(
            List<Candidate> prompts, Predicate<Candidate> isPositive, Map<String, Integer> numbers) {
        List<Candidate> positive = prompts.stream().filter(isPositive).toList();
        List<Candidate> negative = prompts.stream().filter(isPositive.negate()).toList();
        int each = Math.min(settings.promptsPerClass(), Math.min(positive.size(), negative.size()));
        int[] chosen = Stream.concat(
                        positive.stream().limit(each), negative.stream().limit(each))
                .mapToInt(prompt -> numbers.computeIfAbsent(prompt.key(), missing -> numbers.size()))
                .toArray();
        boolean[] labels = new boolean[2 * each];
        java.util.Arrays.fill(labels, 0, each, true);
        return new LabelledPrompts(chosen, labels);
    }
}
