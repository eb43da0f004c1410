package org.demur.engine;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.model.ModelBundle;
import org.demur.prompts.EncodedPrompt;
import org.demur.prompts.TemplateLayout;

/**
 * A model's own tokenizer. Special tokens are recognised only where the chat template wrote them: the same characters
 * inside a user's text are plain text, so a prompt cannot open a turn. Never truncates.
 */
public final class HfTokenizer implements AutoCloseable {
    private final String json;
    private final PlainText plain;
    private final SpecialTexts specials;
    private final List<HuggingFaceTokenizer> full = new ArrayList<>(1);

    private HfTokenizer(String json, PlainText plain, SpecialTexts specials) {
        this.json = json;
        this.plain = plain;
        this.specials = specials;
    }

    /** The tokenizer of a model. */
    public static HfTokenizer of(ModelBundle bundle) {
        String json = bundle.tokenizerJson();
        try {
            return of(json, bundle.special().controlTokens());
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    "The tokenizer of " + bundle.name() + " is not JSON",
                    "tokenizer.json is damaged",
                    "fetch the model's files again",
                    e);
        }
    }

    static HfTokenizer of(String json, Map<String, Integer> controlTokens) throws IOException {
        PlainTokenizerJson plain = new PlainTokenizerJson(json, controlTokens);
        return new HfTokenizer(json, new PlainText(plain), new SpecialTexts(controlTokens, plain.addedTokens()));
    }

    /** Tokens of a rendered prompt, each with its class. */
    public EncodedPrompt encode(TemplateLayout.Rendered rendered) {
        PromptTokens tokens = new PromptTokens(rendered);
        String text = rendered.text();
        int stretch = 0;
        int at = 0;
        while (at < text.length()) {
            Optional<SpecialTexts.Special> found = specials.at(text, at, tokens.limit(at));
            if (found.isEmpty()) {
                at++;
            } else if (tokens.isContent(at)) {
                tokens.countSpecialInContent();
                at += found.get().text().length();
            } else {
                SpecialTexts.Special special = found.get();
                int end = special.swallowsBefore() ? Whitespace.startBefore(text, stretch, at) : at;
                tokens.addPlain(plain, stretch, end);
                tokens.addSpecial(special.id(), at);
                at += special.text().length();
                at = special.swallowsBehind() ? Whitespace.endBehind(text, at) : at;
                stretch = at;
            }
        }
        tokens.addPlain(plain, stretch, at);
        return tokens.encoded();
    }

    /** Token ids of plain text; special-token texts in it stay text. */
    public int[] encodeText(String text) {
        return text.isEmpty() ? new int[0] : plain.beginning(text).ids();
    }

    /** The text of token ids, special tokens written out. */
    public String decode(int[] ids) {
        return full().decode(Arrays.stream(ids).asLongStream().toArray(), false);
    }

    @Override
    public synchronized void close() {
        full.forEach(HuggingFaceTokenizer::close);
        full.clear();
        plain.close();
    }

    /** Opened when first needed: a large vocabulary takes a second and a hundred megabytes. */
    private synchronized HuggingFaceTokenizer full() {
        if (full.isEmpty()) {
            full.add(PlainText.open(json));
        }
        return full.get(0);
    }
}
