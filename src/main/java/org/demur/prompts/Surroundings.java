package org.demur.prompts;

import java.util.List;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.prompts.template.ChatTemplate;
import org.demur.prompts.template.Message;
import org.demur.prompts.template.RenderOptions;

/**
 * The text a template puts around a single user message.
 *
 * @param bos the begin-of-text token, if the template writes it as one
 * @param system what follows it, up to the user's header
 * @param userHeader what opens the user's turn
 * @param postInstruction from the end of the content to the model's first token
 * @param turnEnd what follows the model's message at the end of a conversation
 */
record Surroundings(String bos, String system, String userHeader, String postInstruction, String turnEnd) {
    // Private-use characters: no template writes them, and none counts as whitespace to be trimmed.
    private static final String FIRST_USER = "\uE0F0\uE0F1\uE0F2";
    private static final String ASSISTANT = "\uE0F3\uE0F4\uE0F5";
    private static final String SECOND_USER = "\uE0F6\uE0F7\uE0F8";

    /** Everything before the content. */
    String before() {
        return bos + system + userHeader;
    }

    static Surroundings probe(ChatTemplate template, RenderOptions options) {
        Message user = new Message("user", FIRST_USER);
        Message assistant = new Message("assistant", ASSISTANT);
        Message next = new Message("user", SECOND_USER);
        RenderOptions open = options.withGenerationPrompt();
        RenderOptions closed = options.withoutGenerationPrompt();

        Probe prompt = new Probe(template, template.render(List.of(user), open));
        Probe answered = new Probe(template, template.render(List.of(user, assistant), closed));
        Probe twoTurns = new Probe(template, template.render(List.of(user, assistant, next), open));

        String before = prompt.before(FIRST_USER);
        String turnEnd = answered.after(ASSISTANT);
        String between = twoTurns.between(ASSISTANT, SECOND_USER);
        String opening = between.startsWith(turnEnd) ? between.substring(turnEnd.length()) : between;
        String userHeader = commonSuffix(before, opening);
        String bos = opensTheText(options.bosToken(), twoTurns.text()) ? options.bosToken() : "";
        String system = before.substring(bos.length(), before.length() - userHeader.length());
        return new Surroundings(bos, system, userHeader, prompt.after(FIRST_USER), turnEnd);
    }

    /**
     * Whether a token is a begin-of-text marker: it stands at the start of two turns and nowhere else.
     * A token that opens every turn, as ChatML's does, is part of the headers.
     */
    private static boolean opensTheText(String token, String twoTurns) {
        return !token.isEmpty() && twoTurns.startsWith(token) && twoTurns.lastIndexOf(token) == 0;
    }

    private static String commonSuffix(String left, String right) {
        int length = 0;
        int limit = Math.min(left.length(), right.length());
        while (length < limit && left.charAt(left.length() - 1 - length) == right.charAt(right.length() - 1 - length)) {
            length++;
        }
        return left.substring(left.length() - length);
    }

    /** A rendering in which contents can be found. */
    private record Probe(ChatTemplate template, String text) {
        String before(String content) {
            return text.substring(0, position(content));
        }

        String after(String content) {
            return text.substring(position(content) + content.length());
        }

        String between(String first, String second) {
            int from = position(first) + first.length();
            int to = position(second);
            if (to < from) {
                throw unusable();
            }
            return text.substring(from, to);
        }

        private int position(String content) {
            int position = text.indexOf(content);
            if (position < 0 || position != text.lastIndexOf(content)) {
                throw unusable();
            }
            return position;
        }

        private JobException unusable() {
            return new JobException(
                    ExitCode.MISMATCH,
                    "Chat template '" + template.name() + "' does not write each message once and in order",
                    "it drops, repeats, reorders or rewrites contents, so their place cannot be told",
                    "give a template that writes every message as it is");
        }
    }
}
