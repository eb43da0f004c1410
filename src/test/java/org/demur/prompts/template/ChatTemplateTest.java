package org.demur.prompts.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {
    private static final String CHATML =
            "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
                    + "{{ '<|im_start|>system\nBe kind.<|im_end|>\n' }}{% endif %}"
                    + "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
                    + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    @Test
    void rendersChatMlWithADefaultSystemTurn() {
        assertThat(render(CHATML, "Hi"))
                .isEqualTo("<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
                        + "<|im_start|>assistant\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ 7*7 }}", "{% for i in range(9) %}x{% endfor %}", "{# gone #}", "{%", "{{"})
    void keepsTemplateSyntaxInContents(String content) {
        assertThat(render("{{ messages[0].content ~ '|' }}{{ messages[0]['content']|trim }}", content))
                .isEqualTo(content + "|" + content);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '^',
            quoteCharacter = '`',
            textBlock =
                    """
          a{{ 'x'|shuffle }}         ^ 1 ^ 9  ^ the filter 'shuffle' is not supported
          {{ 1 is prime }}           ^ 1 ^ 9  ^ the test 'prime' is not supported
          {% include 'x' %}          ^ 1 ^ 4  ^ the tag 'include' is not supported
          {{ 'x'.encode() }}         ^ 1 ^ 14 ^ the method 'encode' of a str is not supported
          {{ 'x'.name }}             ^ 1 ^ 8  ^ the attribute 'name' of a str is not supported
          {{ 'x'|trim(side='left') }} ^ 1 ^ 8 ^ trim has no parameter 'side'
          {{ messages.append(1) }}   ^ 1 ^ 19 ^ the method 'append' of a list is not supported
          {{ nothing.at.all }}       ^ 1 ^ 12 ^ 'nothing' is undefined
          {{ lipsum() }}             ^ 1 ^ 4  ^ 'lipsum' is not supported
          {{ 1 }                     ^ 1 ^ 6  ^ unexpected '}'
          {{ f(*messages) }}         ^ 1 ^ 6  ^ expected an expression, found '*'
          """)
    void refusesWhatItDoesNotKnowWithItsPlace(String source, int line, int column, String reason) {
        TemplateException refusal = refusal(source);

        assertThat(refusal.reason()).isEqualTo(reason);
        assertThat(List.of(refusal.line(), refusal.column())).containsExactly(line, column);
        assertThat(refusal).hasMessage("Chat template 'test', line %d, column %d: %s", line, column, reason);
        assertThat(refusal.raisedMessage()).isEmpty();
    }

    @Test
    void countsLinesInPlaces() {
        TemplateException refusal = refusal("a\r\nb\n  {{ 'x'|shuffle }}");

        assertThat(refusal.line()).isEqualTo(3);
        assertThat(refusal.column()).isEqualTo(10);
    }

    @Test
    void reportsTheWordsOfRaiseExceptionVerbatim() {
        TemplateException refusal = refusal("{{ raise_exception('Roles must alternate: ü') }}");

        assertThat(refusal.raisedMessage()).contains("Roles must alternate: ü");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '^',
            quoteCharacter = '`',
            textBlock =
                    """
          {% for i in range(1000000000) %}{% endfor %}                                ^ range of more
          {% for i in range(400) %}{% for j in range(400) %}{% endfor %}{% endfor %}  ^ loop steps
          {{ 'x' * 100000000 }}                                                       ^ a text longer
          {% for i in range(9000) %}0123456789{% endfor %}                            ^ a text longer
          {% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %} ^ a text longer
          {% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}                      ^ nested deeper
          {{ 9223372036854775807 + 1 }}                                               ^ leaves 64 bits
          """)
    void boundsWhatARenderingMaySpend(String source, String reason) {
        assertThat(refusal(source)).hasMessageContaining(reason);
    }

    @Test
    void boundsTheNestingOfTheSource() {
        assertThat(refusal("{{ " + "(".repeat(100) + "1" + ")".repeat(100) + " }}"))
                .hasMessageContaining("nested deeper than 64");
        assertThat(refusal("{% if 1 %}".repeat(100) + "{% endif %}".repeat(100)))
                .hasMessageContaining("nested deeper than 64");
    }

    @Test
    void boundsRecursionBeforeTheStackDoes() {
        String deep = "{% macro f(n) %}{{ f(n)" + " ~ 1 + 1".repeat(200) + " }}{% endmacro %}{{ f(0) }}";

        assertThat(refusal(deep)).hasMessageContaining("statements and expressions inside each other");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '^',
            quoteCharacter = '`',
            textBlock =
                    """
            {% for i in [1, 2] %}{% break %}{% else %}none{% endfor %}    ^ none
            {% for i in [1, 2] %}{{ i }}{% else %}none{% endfor %}        ^ 12
            {% for i in [1, 2] %}{{ loop.nextitem }}{% endfor %}          ^ 2
            {% for a, b in {'k': 1}|items %}{{ a ~ b }}{% endfor %}       ^ k1
            {{ 'ab cd-ef'|title }} {{ 'ab cd-ef'.title() }}               ^ Ab Cd-Ef Ab Cd-Ef
            {{ 'a🙂b'[1] }}{{ 'a🙂b'|length }}{{ [0.1, 1e20, '\\t'] }}    ^ 🙂3[0.1, 1e+20, '\\t']
            """)
    void followsJinjaAndPythonInTheCorners(String source, String expected) {
        assertThat(render(source, "Hi")).isEqualTo(expected);
    }

    @Test
    void refusesASecondPassOverAGenerator() {
        String twice = "{% set g = messages|map(attribute='role') %}{{ g|join }}{{ g|join }}";

        assertThat(refusal(twice)).hasMessageContaining("iterated a second time");
    }

    @Test
    void seesTheVariablesOfTheOptions() {
        Map<String, Object> variables = Map.of("tools", List.of(Map.of("name", "f", "strict", true)));
        RenderOptions options = options(variables);
        String source = "{{ tools[0] | tojson }}{{ enable_thinking is defined }}{{ documents is none }}";

        String rendered = ChatTemplate.parse("test", source).render(List.of(), options);

        assertThat(rendered).contains("\"name\": \"f\"", "\"strict\": true").endsWith("FalseTrue");
    }

    @Test
    void refusesVariablesThatAreNoData() {
        RenderOptions options = options(Map.of("clock", LocalDateTime.MIN));

        assertThatThrownBy(() -> ChatTemplate.parse("test", "x").render(List.of(), options))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("a template variable of the class java.time.LocalDateTime");
    }

    @Test
    void digestsTheSource() {
        assertThat(ChatTemplate.parse("test", "abc").sha256())
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    private static TemplateException refusal(String source) {
        return catchThrowableOfType(TemplateException.class, () -> render(source, "Hi"));
    }

    private static String render(String source, String content) {
        return ChatTemplate.parse("test", source).render(List.of(new Message("user", content)), options(Map.of()));
    }

    private static RenderOptions options(Map<String, Object> variables) {
        return new RenderOptions("<s>", "</s>", LocalDateTime.parse("2024-07-26T09:05:00"), true, variables);
    }
}
