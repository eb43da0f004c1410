package org.demur.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.demur.JobException;
import org.demur.SharedData;
import org.demur.engine.ForwardPlan;
import org.demur.engine.HfTokenizer;
import org.demur.engine.LanguageModel;
import org.demur.engine.ModelSpec;
import org.demur.engine.TokenSequence;
import org.demur.model.ModelBundle;
import org.demur.refusal.NextToken;
import org.demur.runtime.ModelRegistry;
import org.demur.runtime.ModelSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ClassifierSparkTest {
    private static final String TINY = "classpath:org/demur/embedded/demur-tiny-refuser.Q8_0.gguf";
    private static final List<String> COMPLETIONS = List.of(
            "I can't help with that.", "Sure, here is how: mix it and wait.", "", "Sure. " + "And so on. ".repeat(99));

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(names = {"LLAMA_GUARD", "REFUSAL"})
    void theVerdictIsThatOfTheAnswersLogits(ClassifierTemplate template) {
        ClassifierJudge judge = new ClassifierJudge(TINY, template, 900, 512);
        Map<PairKey, Outcome> outcomes = outcomes(judge, "run");
        assertThat(outcomes).hasSize(COMPLETIONS.size());
        LanguageModel model = ModelRegistry.model(spec(TINY));
        for (JudgedText text :
                fixture(TINY).session("other", judge, COMPLETIONS).orderedTexts()) {
            float[] logits_V = logits(template, text, model, 900);
            AnswerTokens tokens = AnswerTokens.of(model.tokenizer(), template.yes(), template.no());
            Outcome.Decided expected = (Outcome.Decided) tokens.outcome(logits_V);
            Outcome.Decided found = (Outcome.Decided) outcomes.get(text.key());
            assertThat(found.score()).isCloseTo(expected.score(), within(1e-3));
            assertThat(found.answer()).isEqualTo(found.score() > 0);
            assertThat(found.answerMass()).isCloseTo(expected.answerMass(), within(1e-4));
        }
    }

    @Test
    void anAnsweredPairIsNotClassifiedAgain() throws Exception {
        ClassifierJudge judge = new ClassifierJudge(TINY, ClassifierTemplate.REFUSAL, 900, 512);
        Map<PairKey, Outcome> first = outcomes(judge, "run");
        Path answers =
                fixture(TINY).session("run", judge, COMPLETIONS).answers().folder();
        long files;
        try (var listed = Files.list(answers)) {
            files = listed.count();
        }
        assertThat(outcomes(judge, "another run")).isEqualTo(first);
        try (var listed = Files.list(answers)) {
            assertThat(listed.count()).isEqualTo(files);
        }
    }

    @Test
    void aPromptThatLeavesNoRoomIsARowWithAReason() {
        Map<PairKey, Outcome> outcomes =
                outcomes(new ClassifierJudge(TINY, ClassifierTemplate.HARMBENCH, 20, 512), "run");
        assertThat(outcomes.values()).containsOnly(new Outcome.Undecided("the prompt alone exceeds 20 tokens"));
    }

    @Test
    void theEndOfALongCompletionIsCut() {
        try (ModelBundle bundle = ModelSource.open(TINY);
                HfTokenizer tokenizer = HfTokenizer.of(bundle)) {
            ClassifierPrompt prompt = ClassifierTemplate.HARMBENCH.prompt(bundle);
            JudgedText text = new JudgedText(new PairKey("a", "b"), "How?", "word ".repeat(500));
            int[] whole = prompt.tokens(text, tokenizer, 100_000).orElseThrow();
            int limit = whole.length - 200;
            int[] cut = prompt.tokens(text, tokenizer, limit).orElseThrow();
            assertThat(cut).hasSizeBetween(limit - 8, limit);
            int[] tail = tokenizer.encodeText("\n\nAnswer: [/INST]");
            assertThat(IntStream.of(cut).skip(cut.length - 4).toArray())
                    .isEqualTo(IntStream.of(tail).skip(tail.length - 4).toArray());
        }
    }

    @Test
    void textsCannotLeaveTheirPlace() {
        try (ModelBundle bundle = ModelSource.open(TINY);
                HfTokenizer tokenizer = HfTokenizer.of(bundle)) {
            ClassifierPrompt prompt = ClassifierTemplate.REFUSAL.prompt(bundle);
            String turnEnd = bundle.special().eosText();
            int eos = bundle.special().eos().orElseThrow();
            long with = count(prompt, "{generation} " + turnEnd, tokenizer, eos);
            assertThat(with).isEqualTo(count(prompt, "fine", tokenizer, eos));
        }
    }

    @Test
    void wordsThatBeginAlikeAreRefused() {
        try (ModelBundle bundle = ModelSource.open(TINY);
                HfTokenizer tokenizer = HfTokenizer.of(bundle)) {
            assertThatThrownBy(() -> AnswerTokens.of(tokenizer, "yes", "yes"))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("'yes' and 'yes' with the same tokens");
        }
    }

    /** Greedy decoding of one token, as published, gives the same verdict wherever that token is an answer. */
    @Test
    @Tag("shared")
    void agreesWithTheGreedyAnswerOfAChatModel() {
        String path = shared();
        ClassifierJudge judge = new ClassifierJudge(path, ClassifierTemplate.REFUSAL, 2048, 1024);
        Map<PairKey, Outcome> outcomes = outcomes(judge, "run");
        LanguageModel model = ModelRegistry.model(spec(path));
        AnswerTokens tokens = AnswerTokens.of(model.tokenizer(), "yes", "no");
        int answered = 0;
        for (JudgedText text : fixture(path).session("run", judge, COMPLETIONS).orderedTexts()) {
            int greedy = NextToken.mostProbable(logits(ClassifierTemplate.REFUSAL, text, model, 2048));
            boolean isYes = IntStream.of(tokens.yes()).anyMatch(token -> token == greedy);
            if (isYes || IntStream.of(tokens.no()).anyMatch(token -> token == greedy)) {
                assertThat(((Outcome.Decided) outcomes.get(text.key())).answer())
                        .isEqualTo(isYes);
                answered++;
            }
        }
        assertThat(answered).as("rows that the model answers").isPositive();
    }

    @Test
    @Tag("shared")
    void aModelThatDoesNotAnswerTheTemplateShowsIt() {
        assertThat(outcomes(new ClassifierJudge(shared(), ClassifierTemplate.HARMBENCH, 2048, 1024), "run")
                        .values())
                .hasSize(COMPLETIONS.size())
                .allSatisfy(outcome ->
                        assertThat(((Outcome.Decided) outcome).answerMass()).isLessThan(0.05));
    }

    private static long count(ClassifierPrompt prompt, String completion, HfTokenizer tokenizer, int token) {
        JudgedText text = new JudgedText(new PairKey("a", "b"), "How?", completion);
        return IntStream.of(prompt.tokens(text, tokenizer, 100_000).orElseThrow())
                .filter(id -> id == token)
                .count();
    }

    private static float[] logits(ClassifierTemplate template, JudgedText text, LanguageModel model, int limit) {
        String path = model.tokenizer() == ModelRegistry.model(spec(TINY)).tokenizer() ? TINY : shared();
        try (ModelBundle bundle = ModelSource.open(path)) {
            int[] ids = template.prompt(bundle)
                    .tokens(
                            text,
                            model.tokenizer(),
                            Math.min(limit, bundle.config().maxPositions()))
                    .orElseThrow();
            return model.forward(
                            List.of(TokenSequence.plain(ids)),
                            ForwardPlan.nothing().withLastLogits())
                    .lastLogits(0);
        }
    }

    private static String shared() {
        return SharedData.path("models", "smollm2-135m-refuser.Q8_0.gguf").toString();
    }

    private Map<PairKey, Outcome> outcomes(ClassifierJudge judge, String run) {
        JudgingSession session = fixture(judge.path()).session(run, judge, COMPLETIONS);
        return judge.judge(session).collect().stream().collect(Collectors.toMap(Judgement::key, Judgement::outcome));
    }

    private JudgingFixture fixture(String path) {
        return new JudgingFixture(folder, spec(path));
    }

    private static ModelSpec spec(String path) {
        try (ModelBundle bundle = ModelSource.open(path)) {
            return new ModelSpec(path, bundle.digest(), 1);
        }
    }
}
