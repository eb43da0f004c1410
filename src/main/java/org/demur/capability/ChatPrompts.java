package org.demur.capability;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.demur.engine.ChatFormat;
import org.demur.engine.HfTokenizer;
import org.demur.model.ModelBundle;
import org.demur.prompts.TemplateLayout;
import org.demur.prompts.TokenClass;
import org.demur.runtime.ModelSource;
import org.demur.runtime.StageContext;

/** Renders questions with the model's chat template and tokenises them, with the beginning of the answer if wanted. */
final class ChatPrompts implements AutoCloseable {
    private final HfTokenizer tokenizer;
    private final TemplateLayout layout;

    private ChatPrompts(HfTokenizer tokenizer, TemplateLayout layout) {
        this.tokenizer = tokenizer;
        this.layout = layout;
    }

    /** Those of the study's model. */
    static ChatPrompts of(StageContext context, String turnDate) {
        try (ModelBundle bundle =
                ModelSource.open(context.model().path(), context.model().adapters())) {
            return of(bundle, turnDate);
        }
    }

    /** Those of a model, which may be closed afterwards. */
    static ChatPrompts of(ModelBundle bundle, String turnDate) {
        TemplateLayout layout = ChatFormat.of(bundle, turnDate).layout();
        return new ChatPrompts(HfTokenizer.of(bundle), layout);
    }

    /** A user's turn, up to where the model starts to write. */
    Passage asked(String content) {
        return Passage.of(tokenizer.encode(layout.render(content)));
    }

    /** The same with the beginning of the model's answer. */
    Passage begun(String content, String answer) {
        return Passage.of(tokenizer.encode(withAnswer(content, answer)));
    }

    /** The tokens of {@code more} where it follows {@code answer}, whose own tokens stay as they are. */
    int[] following(String answer, String more) {
        int[] before = begun("", answer).tokenIds();
        int[] whole = begun("", answer + more).tokenIds();
        boolean staysAsItIs =
                whole.length > before.length && Arrays.equals(before, Arrays.copyOf(whole, before.length));
        return staysAsItIs ? Arrays.copyOfRange(whole, before.length, whole.length) : tokenizer.encodeText(more);
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private TemplateLayout.Rendered withAnswer(String content, String answer) {
        TemplateLayout.Rendered prompt = layout.render(content);
        int end = prompt.text().length();
        List<TemplateLayout.Segment> segments = new ArrayList<>(prompt.segments());
        segments.add(new TemplateLayout.Segment(end, end + answer.length(), TokenClass.RESPONSE));
        return new TemplateLayout.Rendered(prompt.text() + answer, segments);
    }
}
