package org.demur.engine;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.model.ModelBundle;
import org.demur.prompts.EncodedPrompt;
import org.demur.prompts.TemplateLayout;
import org.demur.prompts.TokenClass;

/**
 * A model's own tokenizer. Special tokens are recognised only where the chat template wrote them: the same characters
 * inside a user's text are plain text, so a prompt cannot open a turn. Never truncates.
 */
public final class HfTokenizer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> OPTIONS = Map.of(
            "addSpecialTokens", "false",
            "truncation", "false",
            "padding", "false",
            "modelMaxLength", String.valueOf(Integer.MAX_VALUE),
            "maxLength", String.valueOf(Integer.MAX_VALUE));

    private final HuggingFaceTokenizer full;
    private final HuggingFaceTokenizer plain;
    private final Map<String, Integer> specials;
    private final Pattern specialPattern;

    private HfTokenizer(HuggingFaceTokenizer full, HuggingFaceTokenizer plain, Map<String, Integer> specials) {
        this.full = full;
        this.plain = plain;
        this.specials = specials;
        this.specialPattern = Pattern.compile(specials.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()))
                .map(Pattern::quote)
                .collect(Collectors.joining("|", "(?:", ")")));
    }

    /** The tokenizer of a model. */
    public static HfTokenizer of(ModelBundle bundle) {
        String json = bundle.tokenizerJson();
        try {
            ObjectNode tree = (ObjectNode) JSON.readTree(json);
            tree.putArray("added_tokens");
            return new HfTokenizer(
                    open(json),
                    open(JSON.writeValueAsString(tree)),
                    bundle.special().controlTokens());
        } catch (JsonProcessingException e) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    "The tokenizer of " + bundle.name() + " is not JSON",
                    "tokenizer.json is damaged",
                    "fetch the model's files again",
                    e);
        }
    }

    private static HuggingFaceTokenizer open(String json) {
        try {
            return HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), OPTIONS);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Tokens of a rendered prompt, each with its class. */
    public EncodedPrompt encode(TemplateLayout.Rendered rendered) {
        String text = rendered.text();
        List<Integer> ids = new ArrayList<>();
        List<Integer> starts = new ArrayList<>();
        int at = 0;
        int inContent = 0;
        Matcher matcher = specialPattern.matcher(text);
        while (!specials.isEmpty() && matcher.find()) {
            if (segment(rendered, matcher.start()) == TokenClass.CONTENT) {
                inContent++;
                continue;
            }
            encodePlain(text.substring(at, matcher.start()), at, ids, starts);
            ids.add(specials.get(matcher.group()));
            starts.add(matcher.start());
            at = matcher.end();
        }
        encodePlain(text.substring(at), at, ids, starts);
        TokenClass[] classes = starts.stream().map(s -> segment(rendered, s)).toArray(TokenClass[]::new);
        return new EncodedPrompt(ids.stream().mapToInt(Integer::intValue).toArray(), classes, inContent);
    }

    /** Token ids of plain text; special-token texts in it stay text. */
    public int[] encodeText(String text) {
        return Arrays.stream(plain.encode(text, false, false).getIds())
                .mapToInt(id -> (int) id)
                .toArray();
    }

    /** The text of token ids, special tokens written out. */
    public String decode(int[] ids) {
        return full.decode(Arrays.stream(ids).asLongStream().toArray(), false);
    }

    @Override
    public void close() {
        full.close();
        plain.close();
    }

    private void encodePlain(String text, int offset, List<Integer> ids, List<Integer> starts) {
        if (text.isEmpty()) {
            return;
        }
        Encoding encoding = plain.encode(text, false, false);
        long[] tokens = encoding.getIds();
        for (int i = 0; i < tokens.length; i++) {
            ids.add((int) tokens[i]);
            // The library counts code points, Java strings count UTF-16 units.
            starts.add(offset + text.offsetByCodePoints(0, encoding.getCharTokenSpans()[i].getStart()));
        }
    }

    private static TokenClass segment(TemplateLayout.Rendered rendered, int position) {
        for (TemplateLayout.Segment segment : rendered.segments()) {
            if (position >= segment.start() && position < segment.end()) {
                return segment.tokenClass();
            }
        }
        throw new IllegalArgumentException("No segment covers character " + position);
    }
}
