package org.demur.prompts;

import java.util.ArrayList;
import java.util.List;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.prompts.template.ChatTemplate;
import org.demur.prompts.template.Message;
import org.demur.prompts.template.RenderOptions;

/**
 * Which part of a rendered single-turn prompt is what, learnt from the template itself.
 *
 * <p>The surroundings of the content are found once, by rendering contents that occur nowhere else;
 * every prompt is then rendered by the template and has to show the same surroundings. Immutable.
 */
public final class TemplateLayout {
    /** A part of a text: UTF-16 offsets, the end exclusive. */
    public record Segment(int start, int end, TokenClass tokenClass) {}

    /**
     * A rendered conversation.
     *
     * @param segments contiguous and covering the text; a class without any text has no segment
     */
    public record Rendered(String text, List<Segment> segments) {
        public Rendered {
            segments = List.copyOf(segments);
        }
    }

    private final ChatTemplate template;
    private final RenderOptions options;
    private final Surroundings surroundings;

    private TemplateLayout(ChatTemplate template, RenderOptions options, Surroundings surroundings) {
        this.template = template;
        this.options = options;
        this.surroundings = surroundings;
    }

    /**
     * Learns a template's layout.
     *
     * @param options what every prompt is rendered with; whether they ask for the generation prompt
     *     does not matter
     * @throws JobException if the template changes, repeats or drops contents
     * @throws org.demur.prompts.template.TemplateException if it refuses a two-turn conversation
     */
    public static TemplateLayout derive(ChatTemplate template, RenderOptions options) {
        return new TemplateLayout(template, options, Surroundings.probe(template, options));
    }

    /** The text that the template puts after the model's message at the end of a conversation. */
    public String turnEnd() {
        return surroundings.turnEnd();
    }

    /**
     * A user's turn and the header of the model's.
     *
     * @throws JobException if this content changes what surrounds it
     */
    public Rendered render(String userContent) {
        Message user = new Message("user", userContent);
        String text = template.render(List.of(user), options.withGenerationPrompt());
        String before = surroundings.before();
        String after = surroundings.postInstruction();
        boolean fits = text.length() >= before.length() + after.length();
        if (!fits || !text.startsWith(before) || !text.endsWith(after)) {
            throw changed("a user message of " + userContent.length() + " characters");
        }
        Parts parts = new Parts();
        parts.add(surroundings.bos().length(), TokenClass.BOS);
        parts.add(surroundings.system().length(), TokenClass.SYSTEM);
        parts.add(surroundings.userHeader().length(), TokenClass.USER_HEADER);
        parts.add(text.length() - before.length() - after.length(), TokenClass.CONTENT);
        parts.add(after.length(), TokenClass.POST_INSTRUCTION);
        return new Rendered(text, parts.segments);
    }

    /**
     * A user's turn and the model's answer to it, with the end of its turn.
     *
     * @throws JobException if the template renders the answered turn differently from the prompt
     */
    public Rendered renderWithResponse(String userContent, String response) {
        Rendered prompt = render(userContent);
        List<Message> messages = List.of(new Message("user", userContent), new Message("assistant", response));
        String text = template.render(messages, options.withoutGenerationPrompt());
        boolean fits = text.length() >= prompt.text().length() + turnEnd().length();
        if (!fits || !text.startsWith(prompt.text()) || !text.endsWith(turnEnd())) {
            throw changed("a response of " + response.length() + " characters");
        }
        Parts parts = new Parts(prompt);
        parts.add(text.length() - prompt.text().length(), TokenClass.RESPONSE);
        return new Rendered(text, parts.segments);
    }

    private JobException changed(String message) {
        return new JobException(
                ExitCode.BAD_DATA,
                "Chat template '" + template.name() + "' writes other text than usual around " + message,
                "the template looks into the contents of messages",
                "leave this prompt out, or give a template that treats all contents alike");
    }

    /** Segments laid end to end. */
    private static final class Parts {
        private final List<Segment> segments = new ArrayList<>();
        private int end;

        private Parts() {}

        private Parts(Rendered begun) {
            segments.addAll(begun.segments());
            end = begun.text().length();
        }

        private void add(int length_chars, TokenClass tokenClass) {
            if (length_chars > 0) {
                segments.add(new Segment(end, end + length_chars, tokenClass));
                end += length_chars;
            }
        }
    }
}
