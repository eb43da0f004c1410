package org.demur.capability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.demur.cells.Cell;
import org.demur.cells.Method;
import org.demur.edit.Edit;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardPlan;
import org.demur.engine.GenerationPlan;
import org.demur.engine.LanguageModel;
import org.demur.engine.TokenSequence;
import org.demur.losses.Divergence;
import org.demur.losses.ScoredText;
import org.demur.model.ModelBundle;
import org.demur.prompts.TokenClass;
import org.demur.refusal.NextToken;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every probe against logits that are asked for one position at a time. */
class ProbeTest {
    private static final Subject.Limits LIMITS = new Subject.Limits(8, 512);
    private static final int PROMPT = 4;

    private static LanguageModel model;
    private static List<Condition> conditions;

    @BeforeAll
    static void load() {
        Path file = Path.of("src/main/resources/org/demur/embedded/demur-tiny-refuser.Q8_0.gguf");
        try (ModelBundle bundle = ModelBundle.open(file)) {
            model = LanguageModel.load(bundle);
            model.tokenizer();
        }
        float[] vector = new float[model.config().dModel()];
        Arrays.fill(vector, 0.3f);
        Treatment addition = Treatment.of(Cell.of("s", Method.DIRECTION_ADDITION, "", 0, 1));
        conditions = List.of(
                new Condition(Treatment.NONE, List.of()),
                new Condition(addition, List.of(new Edit.AddDirection(HookPoint.residPost(2), vector, 1))));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static int[] tokens(int seed, int length) {
        return new Random(seed).ints(length, 3, model.config().vocabSize()).toArray();
    }

    private static ScoredText text(String id, int[] ids) {
        List<TokenClass> classes = IntStream.range(0, ids.length)
                .mapToObj(t -> t < PROMPT ? TokenClass.CONTENT : TokenClass.RESPONSE)
                .toList();
        return ScoredText.of("set", id, ids, classes, TokenClass.RESPONSE);
    }

    private static Passage passage(int[] ids) {
        return new Passage(ids, Collections.nCopies(ids.length, TokenClass.CONTENT));
    }

    private static float[] logits(int[] ids, int length, Condition condition) {
        return model.forward(
                        List.of(new TokenSequence(Arrays.copyOf(ids, length), condition.edits())),
                        ForwardPlan.nothing().withLastLogits())
                .lastLogits(0);
    }

    private static double nats(int[] ids, Condition condition) {
        return IntStream.range(PROMPT, ids.length)
                .mapToDouble(t -> -Math.log(NextToken.probabilities(logits(ids, t, condition))[ids[t]]))
                .sum();
    }

    private static Map<String, ItemRow> rows(Probe probe) {
        return probe.measure(new Subject(model, conditions, LIMITS)).stream()
                .collect(Collectors.toMap(
                        row -> row.interventionId() + " " + row.itemId() + " " + row.metric() + " " + row.mode(),
                        row -> row));
    }

    @Test
    void documentsAreLostAndDivergeAsTheirLogitsSay() {
        int[] first = tokens(1, 12);
        int[] second = tokens(2, 9);

        Map<String, ItemRow> rows = rows(new TextProbe("d", 3, List.of(text("a", first), text("b", second))));

        ItemRow loss = rows.get("direction_addition/1.0 set/b cross_entropy sum");
        assertThat(loss.tokens()).isEqualTo(5);
        assertThat(loss.textTokens()).isEqualTo(9);
        assertThat(loss.value()).isCloseTo(nats(second, conditions.get(1)), within(1e-3));
        assertThat(loss.baseValue()).isCloseTo(nats(second, conditions.get(0)), within(1e-3));
        assertThat(Math.abs(loss.value() - loss.baseValue())).isGreaterThan(1e-2);
        ItemRow divergence = rows.get("direction_addition/1.0 set/a divergence sum");
        double direct = IntStream.of(3, 5, 8)
                .mapToDouble(t ->
                        Divergence.of(logits(first, t + 1, conditions.get(0)), logits(first, t + 1, conditions.get(1))))
                .sum();
        assertThat(divergence.tokens()).isEqualTo(3);
        assertThat(divergence.value()).isCloseTo(direct, within(1e-3 * direct)).isGreaterThan(1e-3);
        assertThat(rows.get("none set/a divergence sum").value()).isZero();
        assertThat(rows.get("none set/a cross_entropy sum").value())
                .isEqualTo(rows.get("none set/a cross_entropy sum").baseValue());
    }

    @Test
    void theLetterIsThatOfTheLargestLogitAmongTheChoices() {
        int[] prompt = tokens(3, 10);
        int[] letters = {40, 41, 42, 43, 44};

        Map<String, ItemRow> rows =
                rows(new LetterProbe("arc", List.of(new LetterProbe.Item("q", "E", 4, letters, passage(prompt)))));

        for (Condition condition : conditions) {
            float[] logits_V = logits(prompt, prompt.length, condition);
            int best = 0;
            for (int i = 1; i < letters.length; i++) {
                best = logits_V[letters[i]] > logits_V[letters[best]] ? i : best;
            }
            String id = condition.treatment().id();
            assertThat(rows.get(id + " q accuracy letter_corrected").answer()).isEqualTo(ChoiceQuestion.letter(best));
            assertThat(rows.get(id + " q accuracy letter_corrected").correct()).isEqualTo(best == 4);
            assertThat(rows.get(id + " q accuracy letter_faithful").correct()).isFalse();
        }
    }

    @Test
    void theLikeliestChoiceIsThatOfTheSmallestSummedLoss() {
        int[] question = tokens(4, PROMPT);
        List<ScoredText> answers = IntStream.range(0, 3)
                .mapToObj(i -> IntStream.concat(Arrays.stream(question), Arrays.stream(tokens(10 + i, 2 + i)))
                        .toArray())
                .map(ids -> text("q", ids))
                .toList();
        int[] bytes = {4, 30, 5};

        Map<String, ItemRow> rows =
                rows(new LikelihoodProbe("arc", List.of(new LikelihoodProbe.Item("q", 1, answers, bytes))));

        for (Condition condition : conditions) {
            double[] nats = answers.stream()
                    .mapToDouble(answer -> nats(answer.tokenIds(), condition))
                    .toArray();
            String id = condition.treatment().id() + " q accuracy likelihood_";
            assertThat(rows.get(id + "raw").answer()).isEqualTo(smallest(nats, 1, 1, 1));
            assertThat(rows.get(id + "per_token").answer()).isEqualTo(smallest(nats, 2, 3, 4));
            assertThat(rows.get(id + "per_byte").answer()).isEqualTo(smallest(nats, 4, 30, 5));
        }
    }

    private static String smallest(double[] nats, int... by) {
        int best = 0;
        for (int i = 1; i < nats.length; i++) {
            best = nats[i] / by[i] < nats[best] / by[best] ? i : best;
        }
        return ChoiceQuestion.letter(best);
    }

    @Test
    void aProblemIsAnsweredAndThenOnceMoreBehindTheCue() {
        int[] prompt = tokens(5, 8);
        int[] cue = {50, 51};
        var style = new WordProblemProbe.Style("zero_shot", cue, 6);

        Map<String, ItemRow> rows = rows(
                new WordProblemProbe("gsm8k", style, List.of(new WordProblemProbe.Item("p", "7", passage(prompt)))));

        for (Condition condition : conditions) {
            int[] answer = generated(prompt, condition, 6);
            int[] cued = IntStream.concat(
                            IntStream.concat(Arrays.stream(prompt), Arrays.stream(answer)), Arrays.stream(cue))
                    .toArray();
            String number = NumericAnswer.published(model.tokenizer().decode(generated(cued, condition, 10)))
                    .orElse(null);
            ItemRow faithful = rows.get(condition.treatment().id() + " p accuracy zero_shot_faithful");
            assertThat(faithful.answer()).isEqualTo(number);
            assertThat(faithful.tokens()).isEqualTo(answer.length);
            assertThat(rows.get(condition.treatment().id() + " p accuracy zero_shot_corrected")
                            .answer())
                    .isEqualTo(NumericAnswer.corrected(model.tokenizer().decode(answer))
                            .orElse(null));
        }
    }

    private static int[] generated(int[] ids, Condition condition, int most) {
        return model.generate(
                        List.of(new TokenSequence(ids, condition.edits())),
                        new GenerationPlan(most, model.turnEnds(), 1))
                .get(0)
                .tokenIds();
    }

    @Test
    void positionsAreSpreadEvenly() {
        assertThat(TextProbe.spread(new int[] {3, 4, 5, 6, 7, 8, 9, 10}, 3)).containsExactly(3, 5, 8);
        assertThat(TextProbe.spread(new int[] {3, 4}, 3)).containsExactly(3, 4);
    }
}
