package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.demur.JobException;
import org.demur.SharedData;
import org.demur.edit.Edit;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.model.HfFolderWriter;
import org.demur.model.ModelBundle;
import org.demur.model.Orthogonalisation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights without a direction compute what ablating it does. */
class OrthogonalisationTest {
    private static final Path EMBEDDED = Path.of("src/main/resources/org/demur/embedded/demur-tiny-refuser.Q8_0.gguf");
    private static final Set<Site> AFTER_WRITES = Set.of(Site.RESID_PRE, Site.RESID_MID, Site.RESID_POST);

    @TempDir
    Path folder;

    @Test
    void theEmbeddedModelKeepsItsTokenizerAndItsHead() {
        compare(EMBEDDED);

        assertThat(folder.resolve("tokenizer.json")).exists();
        // Loaders of such folders ask for both.
        assertThat(folder.resolve("model.safetensors.index.json"))
                .content()
                .contains("\"total_size\"", "\"lm_head.weight\" : \"model-00001-of-");
        try (ModelBundle source = ModelBundle.open(EMBEDDED);
                ModelBundle written = ModelBundle.open(folder)) {
            assertThat(written.chatTemplate()).isEqualTo(source.chatTemplate());
            assertThat(written.special().turnEnds()).isEqualTo(source.special().turnEnds());
            assertThat(written.special().bosText()).isEqualTo(source.special().bosText());
            assertThat(written.config().tiedHead()).isFalse();
        }
    }

    @Tag("shared")
    @ParameterizedTest
    @ValueSource(strings = {"llama_tied", "llama_untied_sharded", "llama_bf16", "qwen2", "qwen3", "phi3", "gpt_neox"})
    void familiesThatAddWhatTheyWrite(String name) {
        compare(SharedData.path("goldens", "models", name));
    }

    @Tag("shared")
    @ParameterizedTest
    @ValueSource(strings = {"gemma2", "gemma3_text"})
    void familiesThatNormaliseWhatTheyWriteAreRefused(String name) {
        try (ModelBundle source = ModelBundle.open(SharedData.path("goldens", "models", name))) {
            Orthogonalisation change =
                    new Orthogonalisation(direction(source.config().dModel()));
            assertThatThrownBy(() -> HfFolderWriter.write(source, change, folder))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("normalises what attention and MLP write")
                    .hasMessageContaining("method = direction_ablation");
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void directionsOfAnotherModelAreRefused() {
        try (ModelBundle source = ModelBundle.open(EMBEDDED)) {
            Orthogonalisation change = new Orthogonalisation(new float[] {1, 2, 3});
            assertThatThrownBy(() -> HfFolderWriter.write(source, change, folder))
                    .isInstanceOf(JobException.class)
                    .hasMessageContaining("the direction is of width 3");
        }
        assertThatThrownBy(() -> new Orthogonalisation(new float[4]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be removed");
    }

    private static float[] direction(int d) {
        float[] direction = new float[d];
        for (int i = 0; i < d; i++) {
            direction[i] = (float) Math.cos(i * i + 0.3);
        }
        return direction;
    }

    private void compare(Path model) {
        List<float[]> ablated = new ArrayList<>();
        List<float[]> plain = new ArrayList<>();
        List<TokenSequence> prompts;
        try (ModelBundle source = ModelBundle.open(model);
                LanguageModel language = LanguageModel.load(source)) {
            EmbeddedModel with = new EmbeddedModel(language);
            prompts = with.prompts(4, 9, 14);
            float[] direction = direction(with.d());
            double norm = 0;
            for (float value : direction) {
                norm += value * (double) value;
            }
            float[] unit = new float[direction.length];
            for (int i = 0; i < unit.length; i++) {
                unit[i] = (float) (direction[i] / Math.sqrt(norm));
            }
            Edit edit = new Edit.AblateDirection(HookPoint.everywhere(AFTER_WRITES, with.depth()), unit);
            ablated.addAll(logits(language, prompts, List.of(edit)));
            plain.addAll(logits(language, prompts, List.of()));
            HfFolderWriter.write(source, new Orthogonalisation(direction), folder);
            assertThat(Files.exists(folder.resolve("config.json"))).isTrue();
        }
        try (ModelBundle written = ModelBundle.open(folder);
                LanguageModel language = LanguageModel.load(written)) {
            // Where weights are bf16, so are the changed ones: 8 bits of them remain.
            double tolerance = model.endsWith("llama_bf16") ? 0.05 : 1e-4;
            List<float[]> exported = logits(language, prompts, List.of());
            for (int i = 0; i < exported.size(); i++) {
                assertThat(Golden.relativeError(exported.get(i), ablated.get(i)))
                        .isLessThan(tolerance);
                assertThat(Golden.relativeError(plain.get(i), ablated.get(i))).isGreaterThan(2 * tolerance);
            }
        }
    }

    private static List<float[]> logits(LanguageModel language, List<TokenSequence> prompts, List<Edit> edits) {
        List<TokenSequence> rows = prompts.stream()
                .map(prompt -> new TokenSequence(prompt.tokenIds(), edits))
                .toList();
        ForwardResult result = language.forward(rows, ForwardPlan.nothing().withLastLogits());
        List<float[]> logits = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            logits.add(result.lastLogits(i));
        }
        return logits;
    }
}
