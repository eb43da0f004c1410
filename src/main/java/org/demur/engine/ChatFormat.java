package org.demur.engine;

import java.time.LocalDate;
import java.util.Map;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.model.ModelBundle;
import org.demur.prompts.TemplateLayout;
import org.demur.prompts.template.ChatTemplate;
import org.demur.prompts.template.RenderOptions;
import org.demur.prompts.template.TemplateException;

/**
 * How a model wants its conversations written.
 *
 * @param layout renders turns and tells their parts apart
 * @param sha256 of the template's source
 */
public record ChatFormat(TemplateLayout layout, String sha256) {

    /**
     * The format of a model's own template.
     *
     * @param turnDate the date that the template sees, ISO 8601
     * @throws JobException with MISMATCH if the model has no template, or one that cannot be used
     */
    public static ChatFormat of(ModelBundle bundle, String turnDate) {
        String source = bundle.chatTemplate()
                .orElseThrow(() -> new JobException(
                        ExitCode.MISMATCH,
                        "Model " + bundle.name() + " has no chat template",
                        "it is a base model, or its template file was not copied with it",
                        "use a chat model, or prompt sets of kind = text"));
        try {
            ChatTemplate template = ChatTemplate.parse(bundle.name(), source);
            RenderOptions options = new RenderOptions(
                    bundle.special().bosText(),
                    bundle.special().eosText(),
                    LocalDate.parse(turnDate).atStartOfDay(),
                    true,
                    Map.of());
            return new ChatFormat(TemplateLayout.derive(template, options), template.sha256());
        } catch (TemplateException e) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    "Chat template of " + bundle.name() + " cannot be used: " + e.getMessage(),
                    "it is malformed, or uses a construct that the template interpreter does not know",
                    "use a model with another template",
                    e);
        }
    }
}
