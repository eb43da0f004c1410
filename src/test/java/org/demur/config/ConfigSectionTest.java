package org.demur.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.demur.ExitCode;
import org.demur.JobException;
import org.junit.jupiter.api.Test;

class ConfigSectionTest {
    @Test
    void readsEveryType() {
        ConfigSection section = ConfigSection.parse(
                "{ a = text, b = 7, c = 5000000000, d = 0.5, e = true, f = [x, y], g = [1, 2], h = [1, 2.5] }");

        assertThat(section.string("a")).isEqualTo("text");
        assertThat(section.integer("b")).isEqualTo(7);
        assertThat(section.longInteger("c")).isEqualTo(5_000_000_000L);
        assertThat(section.number("d")).isEqualTo(0.5);
        assertThat(section.flag("e")).isTrue();
        assertThat(section.strings("f")).containsExactly("x", "y");
        assertThat(section.integers("g")).containsExactly(1, 2);
        assertThat(section.numbers("h")).containsExactly(1.0, 2.5);
        assertThatCode(section::rejectUnknown).doesNotThrowAnyException();
    }

    @Test
    void misspeltNameIsRefusedWithTheRightOneAndItsLine() {
        ConfigSection section = ConfigSection.parse("train {\n  epochs = 2\n  learning-rte = 0.1\n}")
                .section("train");
        section.integer("epochs");
        section.optionalString("learning-rate");

        assertThatThrownBy(section::rejectUnknown)
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Unknown setting train.learning-rte")
                .hasMessageContaining(": 3")
                .hasMessageContaining("did you mean train.learning-rate?")
                .extracting(e -> ((JobException) e).exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void namesInListsAreCheckedToo() {
        ConfigSection root = ConfigSection.parse("sets = [{ name = a }, { name = b, pth = x }]");
        root.sections("sets").forEach(set -> set.string("name"));

        assertThatThrownBy(root::rejectUnknown)
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Unknown setting sets[1].pth");
    }

    @Test
    void twoReadersOfOneSectionKnowWhatEachReads() {
        ConfigSection root = ConfigSection.parse("sets = [{ name = a, uses = [test] }]");
        root.sections("sets").forEach(set -> set.string("name"));
        root.sections("sets").forEach(set -> set.strings("uses"));

        assertThatCode(root::rejectUnknown).doesNotThrowAnyException();
    }

    @Test
    void elementsTakeDefaultsFromTheSectionBesideThem() {
        ConfigSection root = ConfigSection.parse("sets-defaults { limit = 3 }, sets = [{ name = a }, { limit = 5 }]");

        assertThat(root.sections("sets").stream().map(set -> set.integer("limit")))
                .containsExactly(3, 5);
    }

    @Test
    void wrongTypeNamesThePlaceButNotTheValue() {
        ConfigSection section = ConfigSection.parse("a {\n b = many\n}").section("a");

        assertThatThrownBy(() -> section.integer("b"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Setting a.b")
                .hasMessageContaining(": 2")
                .hasMessageContaining("a string")
                .hasMessageNotContaining("many");
    }

    @Test
    void missingSettingIsNamed() {
        assertThatThrownBy(() -> ConfigSection.parse("a {}").section("a").string("b"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Setting a.b is missing");
    }

    @Test
    void canonicalJsonIgnoresOrderAndLayout() {
        String one = ConfigSection.parse("b = 1, a { d = [1, 2], c = x }").canonicalJson();
        String other = ConfigSection.parse("a.c = \"x\"\na.d = [1,2]\nb = 1").canonicalJson();

        assertThat(one).isEqualTo(other).isEqualTo("{\"a\":{\"c\":\"x\",\"d\":[1,2]},\"b\":1}");
    }

    @Test
    void distantNamesAreNotSuggested() {
        assertThat(Spelling.nearest("warehouse", java.util.List.of("seed", "name")))
                .isEmpty();
        assertThat(Spelling.nearest("sede", java.util.List.of("seed", "name"))).contains("seed");
    }
}
