package org.demur.prompts.template;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A parsed chat template. Immutable; rendering is a function of its arguments alone. */
public final class ChatTemplate {
    private static final Position START = new Position(1, 1);

    private final String name;
    private final String source;
    private final List<Statement> statements;

    private ChatTemplate(String name, String source, List<Statement> statements) {
        this.name = name;
        this.source = source;
        this.statements = statements;
    }

    /**
     * Parses a template.
     *
     * @param name what messages call the template
     * @param source its Jinja text
     * @throws TemplateException at the first construct that is malformed or not supported
     */
    public static ChatTemplate parse(String name, String source) {
        return new ChatTemplate(name, source, Parser.parse(new Source(name, source)));
    }

    /** The name the template was parsed under. */
    public String name() {
        return name;
    }

    /** SHA-256 of the template's UTF-8 text, in lower-case hexadecimal. */
    public String sha256() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(source.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Renders a conversation of plain texts.
     *
     * @throws TemplateException if the template refuses the conversation, does something that is not
     *     supported, or exceeds a limit on output, loop steps, work or depth
     */
    public String render(List<Message> messages, RenderOptions options) {
        List<Map<String, Object>> maps = new ArrayList<>();
        for (Message message : messages) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("role", message.role());
            map.put("content", message.content());
            maps.add(map);
        }
        return renderStructured(maps, options);
    }

    /**
     * Renders a conversation whose messages are maps, for contents that are lists or for tool calls.
     *
     * @throws TemplateException as {@link #render}
     */
    public String renderStructured(List<? extends Map<String, ?>> messages, RenderOptions options) {
        try {
            return rendered(messages, options);
        } catch (Refusal refusal) {
            throw refusal.at(name, START);
        }
    }

    private String rendered(List<? extends Map<String, ?>> messages, RenderOptions options) {
        Inputs inputs = new Inputs();
        Map<String, Value> context = new LinkedHashMap<>();
        // transformers always passes these two, so that a template sees them as defined.
        context.put("tools", Value.None.NONE);
        context.put("documents", Value.None.NONE);
        context.put("messages", inputs.value(messages));
        context.put("add_generation_prompt", inputs.value(options.addGenerationPrompt()));
        context.put("bos_token", inputs.value(options.bosToken()));
        context.put("eos_token", inputs.value(options.eosToken()));
        options.variables().forEach((key, value) -> context.put(key, inputs.value(value)));
        Machine machine = Machine.of(name, new Budget(inputs.characters() + source.length()));
        Map<String, Value> names = new Globals(machine.printer(), options).functions();
        names.putAll(context);
        StringBuilder out = new StringBuilder();
        new Renderer(machine, Scope.root(names), out).run(statements);
        return out.toString();
    }
}
