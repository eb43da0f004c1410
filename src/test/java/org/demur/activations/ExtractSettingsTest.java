package org.demur.activations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.util.List;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.config.ConfigSection;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.model.BlockLayout;
import org.demur.model.ModelBundle;
import org.demur.model.ModelConfig;
import org.demur.runtime.ModelSource;
import org.demur.runtime.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExtractSettingsTest {
    private static final String MODEL = "classpath:org/demur/embedded/demur-tiny-refuser.Q8_0.gguf";

    private static ExtractSettings read(String hook) {
        ConfigSection section = ConfigSection.root(
                        ConfigFactory.parseString("extract { layers = [5, 2], hook = \"" + hook + "\" }")
                                .withFallback(ConfigFactory.parseResources("defaults/extract.conf"))
                                .resolve())
                .section("extract");
        return ExtractSettings.from(section, List.of("corpus"));
    }

    private static ModelConfig model(BlockLayout layout) {
        try (ModelBundle bundle = ModelSource.open(MODEL)) {
            ModelConfig it = bundle.config();
            return new ModelConfig(
                    it.architecture(),
                    it.nLayers(),
                    it.dModel(),
                    it.vocabSize(),
                    it.maxPositions(),
                    it.norm(),
                    it.attention(),
                    it.mlp(),
                    layout,
                    it.layers(),
                    it.embeddingScale(),
                    it.logitSoftcap(),
                    it.tiedHead());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RESID_PRE", "RESID_MID", "RESID_POST"})
    void everyPointOfTheStreamCanBeStored(Site site) {
        assertThat(read(site.sqlName()).points()).containsExactly(new HookPoint(site, 2), new HookPoint(site, 5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"attn_out", "mlp_out", "RESID_POST", "resid"})
    void whatIsNoStreamIsRefused(String name) {
        assertThatThrownBy(() -> read(name))
                .isInstanceOf(JobException.class)
                .hasMessageContainingAll(
                        "extract.hook",
                        "'" + name + "' is no point of the residual stream",
                        "write resid_pre, resid_mid or resid_post");
    }

    @Test
    void theMiddleOfABlockNeedsHalvesThatFollowEachOther() {
        ExtractStage middle = new ExtractStage(read("resid_mid"));

        assertThatThrownBy(() -> middle.requireSuits(model(BlockLayout.PARALLEL)))
                .isInstanceOf(JobException.class)
                .hasMessageContainingAll("extract.hook = resid_mid", "side by side", "resid_post or resid_pre")
                .extracting(e -> ((JobException) e).exitCode())
                .isEqualTo(ExitCode.USAGE);
        assertThatCode(() -> middle.requireSuits(model(BlockLayout.SEQUENTIAL))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"resid_pre", "resid_post"})
    void theEndsOfABlockSuitEveryModel(String hook) {
        assertThatCode(() -> new ExtractStage(read(hook)).requireSuits(model(BlockLayout.PARALLEL)))
                .doesNotThrowAnyException();
    }

    private static ExtractSettings.Vectors vectors(String more) {
        ConfigSection section = ConfigSection.root(ConfigFactory.parseString("extract { layers = [5], " + more + " }")
                        .withFallback(ConfigFactory.parseResources("defaults/extract.conf"))
                        .resolve())
                .section("extract");
        return ExtractSettings.from(section, List.of("corpus")).vectors();
    }

    @Test
    void settingsOfTheSampleDoNotMatterWhereAllVectorsAreStored() {
        assertThat(vectors("sample-rows = 5"))
                .isEqualTo(vectors("held-out-fraction = 0.3"))
                .isEqualTo(new ExtractSettings.Vectors(0, ExtractSettings.Vectors.ALL));
        assertThat(vectors("vectors = sample, sample-rows = 5, held-out-fraction = 0.3"))
                .isEqualTo(new ExtractSettings.Vectors(0.3, 5));
    }

    @Test
    void theSampleIsAShareOfTheTokens() {
        RunSeed seed = new RunSeed(1);
        assertThat(vectors("vectors = sample, sample-rows = 50").of(seed, 200).share())
                .isEqualTo(0.25);
        assertThat(vectors("vectors = sample, sample-rows = 500").of(seed, 200).share())
                .isEqualTo(1);
        assertThat(vectors("vectors = all").of(seed, 200).share()).isEqualTo(1);
    }

    @Test
    void refusesOtherChoicesOfVectors() {
        assertThatThrownBy(() -> vectors("vectors = none"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("extract.vectors")
                .hasMessageContaining("write all or sample");
        assertThatThrownBy(() -> vectors("held-out-fraction = 1"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("held-out-fraction");
    }
}
