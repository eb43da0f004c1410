package org.demur.ingest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.demur.JobException;
import org.demur.engine.ChatFormat;
import org.demur.engine.HfTokenizer;
import org.demur.model.ModelBundle;
import org.demur.prompts.EncodedPrompt;
import org.demur.prompts.TemplateLayout;
import org.demur.prompts.TokenClass;

/** Renders rows with the model's chat template and tokenises them. The template is looked for when first needed. */
final class PromptEncoder implements AutoCloseable {
    private final ModelBundle bundle;
    private final String turnDate;
    private final HfTokenizer tokenizer;
    private final List<ChatFormat> chat = new ArrayList<>(1);

    PromptEncoder(ModelBundle bundle, String turnDate) {
        this.bundle = bundle;
        this.turnDate = turnDate;
        this.tokenizer = HfTokenizer.of(bundle);
    }

    /**
     * The row as the set wants it: one rendering, and another with the recorded answer.
     *
     * @throws JobException with BAD_DATA if the template treats this very content in another way
     */
    List<TokenisedRow> encode(SourceRow.Read row, PromptSet set) {
        List<TokenisedRow> rows = new ArrayList<>(2);
        if (set.kind() == PromptKind.TEXT) {
            rows.add(text(row, tokenizer.encodeText(row.prompt())));
            return rows;
        }
        ChatFormat with = chat();
        rows.add(rendered(row, PromptKind.CHAT, with.layout().render(row.prompt()), with));
        if (set.withResponse() && !row.target().isEmpty()) {
            TemplateLayout.Rendered answered = with.layout().renderWithResponse(row.prompt(), row.target());
            rows.add(rendered(row, PromptKind.CHAT_RESPONSE, answered, with));
        }
        return rows;
    }

    /** A window of plain text that is tokenised already. */
    static TokenisedRow text(SourceRow.Read row, int[] ids) {
        TokenClass[] classes = new TokenClass[ids.length];
        Arrays.fill(classes, TokenClass.TEXT);
        return new TokenisedRow(row, PromptKind.TEXT, row.prompt(), new EncodedPrompt(ids, classes, 0), "");
    }

    HfTokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private TokenisedRow rendered(
            SourceRow.Read row, PromptKind kind, TemplateLayout.Rendered rendered, ChatFormat with) {
        return new TokenisedRow(row, kind, rendered.text(), tokenizer.encode(rendered), with.sha256());
    }

    private ChatFormat chat() {
        if (chat.isEmpty()) {
            chat.add(ChatFormat.of(bundle, turnDate));
        }
        return chat.get(0);
    }
}
