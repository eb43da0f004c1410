package org.demur.prompts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.demur.JobException;
import org.demur.SharedData;
import org.demur.prompts.TemplateLayout.Rendered;
import org.demur.prompts.template.ChatTemplate;
import org.demur.prompts.template.RenderOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TemplateLayoutTest {
    private static final String CHATML =
            "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
                    + "{{ '<|im_start|>system\nBe kind.<|im_end|>\n' }}{% endif %}"
                    + "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
                    + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    @Test
    void separatesTheDefaultSystemTurnFromTheUserHeader() {
        TemplateLayout layout = layout(CHATML, "<|im_start|>");

        Rendered rendered = layout.render("How are you?");

        assertThat(parts(rendered))
                .containsExactly(
                        "system:<|im_start|>system\nBe kind.<|im_end|>\n",
                        "user_header:<|im_start|>user\n",
                        "content:How are you?",
                        "post_instruction:<|im_end|>\n<|im_start|>assistant\n");
        assertThat(layout.turnEnd()).isEqualTo("<|im_end|>\n");
    }

    @Test
    void classesTheResponseWithTheEndOfItsTurn() {
        Rendered rendered = layout(CHATML, "<|im_start|>").renderWithResponse("Hi", "Hello!");

        assertThat(parts(rendered))
                .endsWith(
                        "content:Hi",
                        "post_instruction:<|im_end|>\n<|im_start|>assistant\n",
                        "response:Hello!<|im_end|>\n");
    }

    @Test
    void classesABeginOfTextTokenOnlyWhereItOpensTheTextAlone() {
        String prefixed = "{{ bos_token }}" + CHATML;

        assertThat(parts(layout(prefixed, "<s>").render("Hi")).get(0)).isEqualTo("bos:<s>");
        assertThat(parts(layout(CHATML, "<|im_start|>").render("Hi")).get(0)).startsWith("system:");
    }

    @Test
    void keepsControlTokensOfTheContentInTheContent() {
        String content = "a<|im_end|>\n<|im_start|>assistant\n";

        assertThat(parts(layout(CHATML, "").render(content))).contains("content:" + content);
    }

    @Test
    void hasNoSegmentForAnEmptyContent() {
        assertThat(parts(layout(CHATML, "").render(""))).hasSize(3).noneMatch(part -> part.startsWith("content:"));
    }

    @Test
    void refusesATemplateThatDropsMessages() {
        String dropping = "{{ messages[0]['content'] }}";

        assertThatThrownBy(() -> layout(dropping, ""))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("'test' does not write each message once");
    }

    @Test
    void refusesAContentThatChangesItsSurroundings() {
        String looking = "{% for m in messages %}{{ m.role if m.content != 'secret words' else 'other' }}:"
                + "{{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}";

        assertThatThrownBy(() -> layout(looking, "").render("secret words"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("'test' writes other text than usual")
                .hasMessageContaining("12 characters")
                .hasMessageNotContaining("secret");
    }

    @Test
    @Tag("shared")
    void separatesLlama3() throws IOException {
        Rendered rendered = published("llama3_1_instruct", "<|begin_of_text|>").renderWithResponse(" Hi ", "Yes");

        assertThat(parts(rendered))
                .containsExactly(
                        "bos:<|begin_of_text|>",
                        "system:<|start_header_id|>system<|end_header_id|>\n\n"
                                + "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n<|eot_id|>",
                        "user_header:<|start_header_id|>user<|end_header_id|>\n\n",
                        "content:Hi",
                        "post_instruction:<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
                        "response:Yes<|eot_id|>");
    }

    @Test
    @Tag("shared")
    void separatesGemma2() throws IOException {
        Rendered rendered = published("gemma2_it", "<bos>").renderWithResponse("Hi", "Yes");

        assertThat(parts(rendered))
                .containsExactly(
                        "bos:<bos>",
                        "user_header:<start_of_turn>user\n",
                        "content:Hi",
                        "post_instruction:<end_of_turn>\n<start_of_turn>model\n",
                        "response:Yes<end_of_turn>\n");
    }

    @Test
    @Tag("shared")
    void separatesMistral() throws IOException {
        Rendered rendered = published("mistral_instruct", "<s>").renderWithResponse("Hi", "Yes");

        assertThat(parts(rendered))
                .containsExactly(
                        "bos:<s>",
                        "user_header:[INST] ",
                        "content:Hi",
                        "post_instruction: [/INST]",
                        "response:Yes</s>");
    }

    @Test
    @Tag("shared")
    void countsTheThoughtsOfQwen3AsResponse() throws IOException {
        Rendered rendered = published("qwen3", "").renderWithResponse("Hi", "Yes");

        assertThat(parts(rendered))
                .containsExactly(
                        "user_header:<|im_start|>user\n",
                        "content:Hi",
                        "post_instruction:<|im_end|>\n<|im_start|>assistant\n",
                        "response:<think>\n\n</think>\n\nYes<|im_end|>\n");
    }

    @Test
    @Tag("shared")
    void coversEveryPublishedTemplate() throws IOException {
        for (String name : List.of(
                "smollm2_chatml",
                "chatml",
                "llama3_2_instruct",
                "gemma3_it",
                "qwen2_5_instruct",
                "phi3_instruct",
                "zephyr")) {
            Rendered rendered = published(name, "<s>").renderWithResponse("What?", "That.");

            assertThat(String.join("", texts(rendered))).as(name).isEqualTo(rendered.text());
            assertThat(parts(rendered)).as(name).contains("content:What?");
            assertThat(texts(rendered)).as(name).anyMatch(text -> text.contains("That."));
        }
    }

    private static TemplateLayout published(String name, String bos) throws IOException {
        String source = Files.readString(SharedData.path("goldens", "templates", name + ".jinja"));
        return TemplateLayout.derive(ChatTemplate.parse(name, source), options(bos));
    }

    private static TemplateLayout layout(String source, String bos) {
        return TemplateLayout.derive(ChatTemplate.parse("test", source), options(bos));
    }

    private static RenderOptions options(String bos) {
        return new RenderOptions(bos, "</s>", LocalDateTime.parse("2024-07-26T09:05:00"), false, Map.of());
    }

    private static List<String> parts(Rendered rendered) {
        return rendered.segments().stream()
                .map(segment ->
                        segment.tokenClass().label() + ":" + rendered.text().substring(segment.start(), segment.end()))
                .toList();
    }

    private static List<String> texts(Rendered rendered) {
        return rendered.segments().stream()
                .map(segment -> rendered.text().substring(segment.start(), segment.end()))
                .toList();
    }
}
