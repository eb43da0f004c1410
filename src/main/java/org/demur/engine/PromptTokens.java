package org.demur.engine;

import java.util.ArrayList;
import java.util.List;
import org.demur.prompts.EncodedPrompt;
import org.demur.prompts.TemplateLayout;
import org.demur.prompts.TokenClass;

/** The tokens of a rendered prompt, as they are found from its beginning to its end. */
final class PromptTokens {
    private final TemplateLayout.Rendered rendered;
    private final List<Integer> ids = new ArrayList<>();
    private final List<TokenClass> classes = new ArrayList<>();
    private int specialsInContent;

    PromptTokens(TemplateLayout.Rendered rendered) {
        this.rendered = rendered;
    }

    /** Whether a character belongs to the user's text. */
    boolean isContent(int position) {
        return segment(position).tokenClass() == TokenClass.CONTENT;
    }

    /** Where a special token that begins here has to end: none lies half in the user's text. */
    int limit(int position) {
        if (isContent(position)) {
            return segment(position).end();
        }
        int limit = rendered.text().length();
        for (TemplateLayout.Segment segment : rendered.segments()) {
            if (segment.tokenClass() == TokenClass.CONTENT && segment.start() > position) {
                limit = Math.min(limit, segment.start());
            }
        }
        return limit;
    }

    void addPlain(PlainText plain, int from, int to) {
        if (from >= to) {
            return;
        }
        String stretch = rendered.text().substring(from, to);
        PlainText.Tokens tokens = from == 0 ? plain.beginning(stretch) : plain.continuation(stretch);
        for (int i = 0; i < tokens.ids().length; i++) {
            add(tokens.ids()[i], from + tokens.starts()[i]);
        }
    }

    void addSpecial(int id, int position) {
        add(id, position);
    }

    void countSpecialInContent() {
        specialsInContent++;
    }

    EncodedPrompt encoded() {
        return new EncodedPrompt(
                ids.stream().mapToInt(Integer::intValue).toArray(),
                classes.toArray(TokenClass[]::new),
                specialsInContent);
    }

    private void add(int id, int position) {
        ids.add(id);
        classes.add(segment(position).tokenClass());
    }

    private TemplateLayout.Segment segment(int position) {
        for (TemplateLayout.Segment segment : rendered.segments()) {
            if (position >= segment.start() && position < segment.end()) {
                return segment;
            }
        }
        throw new IllegalArgumentException("No segment covers character " + position);
    }
}
