package org.demur.sae.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.demur.JobException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PickleReaderTest {
    @TempDir
    Path folder;

    private static Object read(String program) {
        return PickleReader.read(("\u0080\u0002" + program).getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void readsTheValuesOfASettingsDict() {
        Object value = read(
                "}(X\u0001\u0000\u0000\u0000kK\u0007X\u0001\u0000\u0000\u0000l](K\u0001"
                        + "J\u00fe\u00ff\u00ff\u00ff\u0088NeX\u0001\u0000\u0000\u0000fG?\u00f8\u0000\u0000\u0000\u0000\u0000\u0000u.");
        assertThat(value).isEqualTo(Map.of("k", 7L, "l", List.of(1L, -2L, true, new PickleValue.None()), "f", 1.5));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cos\nsystem\nX\u0002\u0000\u0000\u0000ls\u0085R.",
                "cbuiltins\neval\n)R.",
                "cbuiltins\ngetattr\n)R.",
                "ctorch\nload\n)R.",
                "ctorch.storage\n_load_from_bytes\n)R.",
                "cnumpy.core.multiarray\n_reconstruct\n)R."
            })
    void refusesEveryOtherNameByName(String program) {
        String name = program.substring(1, program.indexOf('\n', program.indexOf('\n') + 1))
                .replace('\n', '.');
        assertThatThrownBy(() -> read(program))
                .isInstanceOf(PickleException.class)
                .hasMessageContaining("asks for " + name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(ios\nsystem\n.",
                "(cos\nsystem\no.",
                "\u0082\u0001.",
                ")\u0081.",
                "P1\n.",
                "S'text'\n.",
                "I7\n.",
                "\u0090."
            })
    void refusesInstructionsThatMakeObjects(String program) {
        assertThatThrownBy(() -> read(program)).isInstanceOf(PickleException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "}",
                "t.",
                ".",
                "0.",
                "K",
                "X\u00ff\u00ff\u00ff\u007f.",
                "h\u0007.",
                "]K\u0001s.",
                "}K\u0001K\u0002s."
            })
    void refusesWhatIsCutOrMakesNoSense(String program) {
        assertThatThrownBy(() -> read(program)).isInstanceOf(PickleException.class);
    }

    @Test
    void aFileThatIsNoArchiveIsToldFromABrokenOne() throws IOException {
        Path bare =
                Files.writeString(folder.resolve("bare.pt"), "\u0080\u0002cos\nsystem\n.", StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> TorchTensors.open(bare))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("bare.pt: is no archive of PyTorch 1.6 or later")
                .hasMessageContaining("nothing of it was executed");
        Path cut = Files.writeString(folder.resolve("cut.pt"), "PK\u0003\u0004", StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> TorchTensors.open(cut))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("cut.pt: is not a sound zip file");
    }
}
