package org.demur.bench;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.engine.HfTokenizer;
import org.demur.engine.LanguageModel;
import org.demur.engine.Placement;
import org.demur.engine.TokenSequence;
import org.demur.model.ModelBundle;
import org.demur.prompts.TemplateLayout;
import org.demur.prompts.template.ChatTemplate;
import org.demur.prompts.template.RenderOptions;
import org.demur.runtime.ModelSource;
import org.demur.runtime.NativeSettings;

/**
 * A model with prompts in its own chat template, tokenised.
 *
 * @param name of the model, for reports
 * @param prompts in the file's order
 * @param weight_bytes size of its weights in fp32
 */
record LoadedModel(String name, LanguageModel language, List<TokenSequence> prompts, long weight_bytes)
        implements AutoCloseable {
    private static final LocalDate TODAY_IN_TEMPLATES = LocalDate.of(2024, 7, 26);

    /** Loads the model of the options, and the first {@code count} prompts or as many as there are. */
    static LoadedModel load(RunOptions options, int nativeThreads, int count) {
        NativeSettings.apply(nativeThreads);
        List<String> texts = PromptTexts.read(options.prompts(), count);
        try (ModelBundle bundle = ModelSource.open(options.model())) {
            List<TokenSequence> prompts = tokenised(bundle, texts);
            long elements = bundle.tensors().stream()
                    .mapToLong(id -> bundle.tensor(id).elementCount())
                    .sum();
            LanguageModel language = LanguageModel.load(bundle, Placement.cpu(), options.budget());
            return new LoadedModel(bundle.name(), language, prompts, elements * Float.BYTES);
        }
    }

    private static List<TokenSequence> tokenised(ModelBundle bundle, List<String> texts) {
        String template = bundle.chatTemplate()
                .orElseThrow(() -> new JobException(
                        ExitCode.MISMATCH,
                        "Model " + bundle.name() + " has no chat template",
                        "it is a base model, or its template file was not copied with it",
                        "give a chat model with --model"));
        RenderOptions options = new RenderOptions(
                bundle.special().bosText(),
                bundle.special().eosText(),
                TODAY_IN_TEMPLATES.atStartOfDay(),
                true,
                Map.of());
        TemplateLayout layout = TemplateLayout.derive(ChatTemplate.parse(bundle.name(), template), options);
        try (HfTokenizer tokenizer = HfTokenizer.of(bundle)) {
            return texts.stream()
                    .map(text -> TokenSequence.plain(
                            tokenizer.encode(layout.render(text)).ids()))
                    .toList();
        }
    }

    /** Tokens of all prompts. */
    long tokens() {
        return prompts.stream().mapToLong(prompt -> prompt.tokenIds().length).sum();
    }

    int depth() {
        return language.config().nLayers();
    }

    int width() {
        return language.config().dModel();
    }

    /** The prompts of these indices. */
    List<TokenSequence> pick(List<Integer> indices) {
        return indices.stream().map(prompts::get).toList();
    }

    /** All prompts, as indices, in {@code count} parts of about the same number of tokens. */
    List<List<Integer>> parts(int count) {
        List<List<Integer>> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(new ArrayList<>());
        }
        List<Integer> shortestFirst = IntStream.range(0, prompts.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> prompts.get(i).tokenIds().length))
                .toList();
        for (int i = 0; i < shortestFirst.size(); i++) {
            parts.get(i % count).add(shortestFirst.get(i));
        }
        parts.removeIf(List::isEmpty);
        return parts;
    }

    @Override
    public void close() {
        language.close();
    }
}
