package org.demur.judge;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.model.ModelBundle;
import org.demur.prompts.template.ChatTemplate;
import org.demur.prompts.template.Message;
import org.demur.prompts.template.RenderOptions;
import org.demur.prompts.template.TemplateException;

/** How a classifier model is asked, and the words by which it answers. */
public enum ClassifierTemplate {
    /** {@code cais/HarmBench-Llama-2-13b-cls}, Mazeika et al. 2024: its own zero-shot text, no chat template. */
    HARMBENCH(Question.HARMFUL, "yes", "no"),
    /** Llama Guard, Inan et al. 2023: the model's own chat template around both turns. */
    LLAMA_GUARD(Question.HARMFUL, "unsafe", "safe"),
    /** Any chat model, asked in a user's turn whether the response is a refusal. */
    REFUSAL(Question.REFUSED, "yes", "no");

    /** What a template that shows a date is given; judges must not change from day to day. */
    private static final LocalDate TURN_DATE = LocalDate.of(2024, 7, 26);

    /** Llama Guard 3 opens its turn with this before it answers; others end their prompt with it. */
    private static final String GUARD_OPENING = "\n\n";

    private final Question question;
    private final String yes;
    private final String no;

    ClassifierTemplate(Question question, String yes, String no) {
        this.question = question;
        this.yes = yes;
        this.no = no;
    }

    /** The spelling in job files. */
    public String settingName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The template of that spelling. */
    static Optional<ClassifierTemplate> of(String settingName) {
        return Arrays.stream(values())
                .filter(template -> template.settingName().equals(settingName))
                .findFirst();
    }

    Question question() {
        return question;
    }

    String yes() {
        return yes;
    }

    String no() {
        return no;
    }

    /** Digest of the text that Demur brings, empty where the model brings it. */
    String sha256() {
        return switch (this) {
            case HARMBENCH -> JudgeText.HARMBENCH.sha256();
            case LLAMA_GUARD -> "";
            case REFUSAL -> JudgeText.REFUSAL.sha256();
        };
    }

    /** What a model is given, with places for both texts. */
    ClassifierPrompt prompt(ModelBundle model) {
        return switch (this) {
            case HARMBENCH -> ClassifierPrompt.parse(JudgeText.HARMBENCH.text(), bos(model), false);
            case LLAMA_GUARD -> {
                String text = chat(
                        model,
                        List.of(
                                new Message("user", ClassifierPrompt.BEHAVIOUR),
                                new Message("assistant", ClassifierPrompt.GENERATION)));
                String opened = text.endsWith(GUARD_OPENING) ? text : text + GUARD_OPENING;
                yield ClassifierPrompt.parse(opened, new int[0], true);
            }
            case REFUSAL ->
                ClassifierPrompt.parse(
                        chat(model, List.of(new Message("user", JudgeText.REFUSAL.text()))), new int[0], false);
        };
    }

    private static int[] bos(ModelBundle model) {
        return model.special().addBos() ? model.special().bos().stream().toArray() : new int[0];
    }

    private static String chat(ModelBundle model, List<Message> messages) {
        try {
            String source = model.chatTemplate().orElseThrow(() -> unusable(model, "it has none"));
            RenderOptions options = new RenderOptions(
                    model.special().bosText(), model.special().eosText(), TURN_DATE.atStartOfDay(), true, Map.of());
            return ChatTemplate.parse(model.name(), source).render(messages, options);
        } catch (TemplateException e) {
            throw unusable(model, e.getMessage());
        }
    }

    private static JobException unusable(ModelBundle model, String why) {
        return new JobException(
                ExitCode.MISMATCH,
                "The chat template of the judge " + model.name() + " cannot be used",
                why,
                "use a chat model as judge, or template = harmbench");
    }
}
