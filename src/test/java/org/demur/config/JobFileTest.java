package org.demur.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.demur.JobException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobFileTest {
    @TempDir
    Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("job.conf"), text);
    }

    @Test
    void overridesComeBeforeTheFileAndTheFileBeforeDefaults() throws IOException {
        ConfigSection root =
                JobFile.read(file("study { name = own, seed = 4 }"), List.of("study.seed=5", "study.seed=6"));

        assertThat(root.section("study").string("name")).isEqualTo("own");
        assertThat(root.section("study").integer("seed")).isEqualTo(6);
        assertThat(root.section("extract").integer("shards")).isEqualTo(8);
    }

    @Test
    void valuesOfTheFileMayReferToEachOther() throws IOException {
        ConfigSection root = JobFile.read(file("let.data = \"/d\"\nmodel.path = ${let.data}\"/m.gguf\""), List.of());

        assertThat(root.section("model").string("path")).isEqualTo("/d/m.gguf");
    }

    @Test
    void theEnvironmentIsNotSubstituted() throws IOException {
        Path file = file("model.path = ${PATH}");

        assertThatThrownBy(() -> JobFile.read(file, List.of()))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("cannot be read")
                .hasMessageContaining("PATH");
    }

    @Test
    void brokenFileIsRefusedWithItsLine() throws IOException {
        Path file = file("study {\n  name = [\n");

        assertThatThrownBy(() -> JobFile.read(file, List.of()))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("job.conf");
    }

    @Test
    void filesAreIncludedAndAddressesRefused() throws IOException {
        Files.writeString(folder.resolve("base.conf"), "study.name = base");

        assertThat(JobFile.read(file("include \"base.conf\""), List.of())
                        .section("study")
                        .string("name"))
                .isEqualTo("base");
        for (String address : List.of("\"http://127.0.0.1:9/a.conf\"", "url(\"http://127.0.0.1:9/a.conf\")")) {
            Path file = file("include " + address);
            assertThatThrownBy(() -> JobFile.read(file, List.of()))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("is refused: job files include local files only");
        }
    }

    @Test
    void missingFileIsNamed() {
        assertThatThrownBy(() -> JobFile.read(folder.resolve("none.conf"), List.of()))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("none.conf does not exist");
    }

    @Test
    void overrideWithoutEqualsSignIsRefused() throws IOException {
        Path file = file("");

        assertThatThrownBy(() -> JobFile.read(file, List.of("study.seed")))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("is not path=value");
    }
}
