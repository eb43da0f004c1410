package org.demur.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.demur.SharedData;
import org.demur.config.ConfigSection;
import org.demur.table.Sha256;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The prompts that the published studies drew with seed 42, from the files as Demur reads them: first half of SHA-256's
 * hexadecimal digits over the prompts joined by line feeds. Of the published digests two are out of reach: the 128
 * harmless training prompts, of which 91 lie beyond the 5,000 rows there are, and the harmless test prompts.
 */
@Tag("shared")
class SamplingGoldenTest {
    /** Sizes of the published files; two harmful training rows are missing here, and neither was drawn. */
    private static final int HARMFUL_TRAIN = 260;

    private static final int HARMLESS_TRAIN = 18_793;
    private static final int HARMFUL_VALIDATION = 39;
    private static final int HARMLESS_VALIDATION = 6_264;

    private record Draws(int[] harmfulTrain, int[] harmlessTrain, int[] harmfulValidation, int[] harmlessValidation) {
        static Draws of(int validation) {
            PythonSample sample = new PythonSample(42);
            return new Draws(
                    sample.draw(HARMFUL_TRAIN, 128),
                    sample.draw(HARMLESS_TRAIN, 128),
                    sample.draw(HARMFUL_VALIDATION, Math.min(validation, HARMFUL_VALIDATION)),
                    sample.draw(HARMLESS_VALIDATION, Math.min(validation, HARMLESS_VALIDATION)));
        }
    }

    /** Prompts by row of the published file, which ids end with. */
    private static Map<Integer, String> prompts(String name) {
        ConfigSection set = ConfigSection.root(ConfigFactory.parseMap(Map.of(
                        "name",
                        name,
                        "path",
                        SharedData.path("data", name + ".jsonl").toString()))
                .withFallback(
                        ConfigFactory.parseResources("defaults/prompts.conf").getConfig("prompts.sets-defaults")));
        Map<Integer, String> prompts = new TreeMap<>();
        new JsonLinesReader().read(PromptSet.from(set), row -> {
            SourceRow.Read read = (SourceRow.Read) row;
            prompts.put(Integer.parseInt(read.id().substring(name.length() + 1)), read.prompt());
            return true;
        });
        return prompts;
    }

    private static String digest(Map<Integer, String> prompts, int[] drawn) {
        assertThat(prompts.keySet()).containsAll(Arrays.stream(drawn).boxed().toList());
        String joined = Arrays.stream(drawn).mapToObj(prompts::get).collect(Collectors.joining("\n"));
        return HexFormat.of().formatHex(Sha256.of(joined.getBytes(StandardCharsets.UTF_8)), 0, 8);
    }

    @Test
    void theSampleStartsAsPublished() {
        Draws draws = Draws.of(32);

        assertThat(draws.harmfulTrain()).startsWith(57, 12, 140, 125, 114, 35, 188, 26);
        assertThat(draws.harmlessTrain()).startsWith(4532, 16696, 16171, 2978, 1543, 3592, 5008, 5242);
    }

    @Test
    void harmfulTrainingPrompts() {
        assertThat(digest(prompts("harmful_train"), Draws.of(32).harmfulTrain()))
                .isEqualTo("cf837dfec7da06ba");
    }

    @ParameterizedTest
    @CsvSource({"32, 24f8c5eedfb496d3", "200, b1bbbbf0e249cf4a"})
    void harmfulValidationPrompts(int size, String digest) {
        assertThat(digest(prompts("harmful_val"), Draws.of(size).harmfulValidation()))
                .isEqualTo(digest);
    }

    @ParameterizedTest
    @CsvSource({"32, 4810456d3d98030c", "200, af5056bfca6f7040", "300, 8b5780037d26c9b1", "1000, 9196db8da4325169"})
    void harmlessValidationPrompts(int size, String digest) {
        assertThat(digest(prompts("harmless_val"), Draws.of(size).harmlessValidation()))
                .isEqualTo(digest);
    }
}
