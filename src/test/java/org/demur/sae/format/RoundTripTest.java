package org.demur.sae.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.sae.FeatureCodes;
import org.demur.sae.Sae;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of dictionary in every layout that has room for it, and a refusal by the others. */
class RoundTripTest {
    private static final int ROWS = 50;
    private static final ImportOptions WHERE = new ImportOptions("resid_post", 7, SampleSaes.K);
    private static final List<String> JUMPRELU =
            List.of("relu", "relu plain", "relu unit rows", "jumprelu", "jumprelu plain", "common threshold");

    /** What each layout holds. */
    private static final Map<String, List<String>> ROOM = Map.of(
            "saelens",
            SampleSaes.all().keySet().stream()
                    .filter(kind -> !List.of("topk kept", "groupmax", "topk skip transcoder")
                            .contains(kind))
                    .toList(),
            "dictionary-learning",
            Stream.concat(JUMPRELU.stream(), Stream.of("topk", "topk plain", "gated", "gated plain"))
                    .toList(),
            "sparsify",
            List.of("topk", "topk plain", "groupmax", "topk skip transcoder"),
            "gemma-scope",
            JUMPRELU,
            "gemma-scope-2",
            Stream.concat(
                            JUMPRELU.stream(),
                            Stream.of("relu transcoder", "jumprelu transcoder", "jumprelu skip transcoder"))
                    .toList(),
            "llama-scope",
            List.of("relu", "relu plain", "relu unit rows", "common threshold"),
            "llama-scope-r1",
            List.of("jumprelu", "jumprelu plain", "common threshold"),
            "openai",
            List.of("relu", "relu plain", "relu unit rows", "topk standardised"),
            "qwen-scope",
            List.of("topk kept"));

    @TempDir
    Path folder;

    static Stream<Arguments> cases() {
        return SaeFormats.labels().stream()
                .flatMap(label -> SampleSaes.all().keySet().stream().map(kind -> Arguments.of(label, kind)));
    }

    static Stream<String> kinds() {
        return SampleSaes.all().keySet().stream();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("cases")
    void comesBackOrIsRefused(String label, String kind) {
        Sae sae = SampleSaes.all().get(kind);
        SaeFormat format = SaeFormats.named(label);
        ImportedSae imported = new ImportedSae(sae, Map.of("model_name", "tiny"));
        if (!ROOM.get(label).contains(kind)) {
            assertThatThrownBy(() -> format.write(imported, folder))
                    .isInstanceOfSatisfying(
                            JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                    .hasMessageContaining("The format " + label + " cannot hold");
            assertThat(folder).isEmptyDirectory();
            return;
        }
        format.write(imported, folder);
        assertThat(SaeFormats.at(folder)).isEqualTo(format);
        assertSame(format.read(folder, WHERE).sae(), sae);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theNativeFolderKeepsEveryBit(String kind) {
        Sae sae = SampleSaes.all().get(kind);
        sae.write(folder, Map.of("run", "r1"));
        Sae back = Sae.read(folder);
        assertThat(back.facts()).isEqualTo(sae.facts());
        assertThat(back.w_enc_FD()).isEqualTo(sae.w_enc_FD());
        assertThat(back.w_dec_FD()).isEqualTo(sae.w_dec_FD());
        assertThat(back.b_enc_F()).isEqualTo(sae.b_enc_F());
        assertThat(back.b_dec_D()).isEqualTo(sae.b_dec_D());
        assertThat(back.weights().w_skip_OD()).isEqualTo(sae.weights().w_skip_OD());
        assertThat(Sae.provenance(folder)).containsEntry("run", "r1");
    }

    private static void assertSame(Sae back, Sae sae) {
        assertThat(back.at()).isEqualTo(sae.at());
        assertThat(back.isTranscoder()).isEqualTo(sae.isTranscoder());
        float[] x_BD = SampleSaes.vector(11, ROWS * sae.d(), -2, 2);
        FeatureCodes expected = sae.encode(x_BD, ROWS);
        FeatureCodes actual = back.encode(x_BD, ROWS);
        assertThat(expected.active()).isGreaterThan(ROWS);
        assertThat(actual.starts_B1()).isEqualTo(expected.starts_B1());
        assertThat(Arrays.copyOf(actual.indices(), actual.active()))
                .isEqualTo(Arrays.copyOf(expected.indices(), expected.active()));
        for (int i = 0; i < expected.active(); i++) {
            assertThat(actual.values()[i]).isCloseTo(expected.values()[i], within(1e-5f));
        }
        float[] wanted = new float[ROWS * sae.weights().outputWidth()];
        float[] xHat = wanted.clone();
        sae.decode(expected, x_BD, wanted);
        back.decode(actual, x_BD, xHat);
        assertThat(SaeGoldenTest.error(xHat, wanted)).isLessThan(1e-5);
    }
}
