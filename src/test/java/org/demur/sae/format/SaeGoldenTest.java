package org.demur.sae.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.demur.SharedData;
import org.demur.model.SafetensorsFile;
import org.demur.sae.FeatureCodes;
import org.demur.sae.Sae;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Features and reconstructions of the libraries themselves, for dictionaries in their own layouts. */
@Tag("shared")
class SaeGoldenTest {
    private static final ImportOptions WHERE = new ImportOptions("resid_post", 2, 0);
    private static final double TOLERANCE = 1e-5;

    @TempDir
    Path folder;

    static Stream<Path> folders() throws IOException {
        Path root = SharedData.path("goldens", "sae");
        return Stream.of("saelens", "dictionary_learning", "sparsify", "gemma_scope", "llama_scope")
                .flatMap(library -> goldens(root.resolve(library)).stream());
    }

    private static List<Path> goldens(Path library) {
        try (Stream<Path> files = Files.walk(library)) {
            return files.filter(file -> file.endsWith("golden.safetensors"))
                    .map(Path::getParent)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("folders")
    void computesWhatItsLibraryComputes(Path golden) {
        check(SaeFormats.at(golden).read(golden, WHERE).sae(), golden);
    }

    @ParameterizedTest
    @MethodSource("folders")
    void computesTheSameFromItsNativeFolder(Path golden) {
        SaeFormats.at(golden).read(golden, WHERE).sae().write(folder, Map.of());
        check(Sae.read(folder), golden);
    }

    private static void check(Sae sae, Path golden) {
        try (SafetensorsFile file = SafetensorsFile.open(golden.resolve("golden.safetensors"))) {
            float[] x_BD = floats(file, "x");
            float[] f_BF = floats(file, "f");
            int rows = x_BD.length / sae.d();
            assertThat(f_BF).hasSize(rows * sae.F());
            FeatureCodes codes = sae.encode(x_BD, rows);
            float[] ours_BF = dense(codes, sae.F());
            for (int i = 0; i < f_BF.length; i++) {
                assertThat(ours_BF[i] != 0)
                        .as("row %d feature %d", i / sae.F(), i % sae.F())
                        .isEqualTo(f_BF[i] != 0);
            }
            float[] xHat_BO = new float[rows * sae.weights().outputWidth()];
            sae.decode(codes, x_BD, xHat_BO);
            assertThat(error(ours_BF, f_BF)).isLessThan(TOLERANCE);
            assertThat(error(xHat_BO, floats(file, "x_hat"))).isLessThan(TOLERANCE);
        }
    }

    static float[] dense(FeatureCodes codes, int features) {
        float[] f_BF = new float[codes.rows() * features];
        for (int row = 0; row < codes.rows(); row++) {
            for (int i = codes.starts_B1()[row]; i < codes.starts_B1()[row + 1]; i++) {
                f_BF[row * features + codes.indices()[i]] = codes.values()[i];
            }
        }
        return f_BF;
    }

    /** Largest difference over largest magnitude. */
    static double error(float[] ours, float[] theirs) {
        assertThat(ours).hasSameSizeAs(theirs);
        double difference = 0;
        double magnitude = 0;
        for (int i = 0; i < theirs.length; i++) {
            difference = Math.max(difference, Math.abs(ours[i] - theirs[i]));
            magnitude = Math.max(magnitude, Math.abs(theirs[i]));
        }
        return difference / magnitude;
    }

    private static float[] floats(SafetensorsFile file, String name) {
        FloatBuffer values =
                FloatBuffer.allocate(Math.toIntExact(file.info(name).elementCount()));
        file.readFloats(name, values);
        return values.array();
    }
}
