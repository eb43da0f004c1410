package org.demur.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.engine.ForwardPlan;
import org.demur.engine.LanguageModel;
import org.demur.engine.ModelSpec;
import org.demur.engine.TokenSequence;
import org.demur.losses.Divergence;
import org.demur.model.ModelBundle;
import org.demur.runtime.ModelRegistry;
import org.demur.runtime.ModelSource;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Splices into the embedded model at each point of the stream, compared with what the model does from there. */
class SpliceTaskTest {
    private static final String MODEL = "classpath:org/demur/embedded/demur-tiny-refuser.Q8_0.gguf";
    private static final int LAYER = 3;
    private static final int TOKENS = 12;

    @TempDir
    Path folder;

    private static ModelSpec spec;
    private static LanguageModel model;
    private static int[] tokenIds;

    @BeforeAll
    static void open() {
        try (ModelBundle bundle = ModelSource.open(MODEL)) {
            spec = new ModelSpec(MODEL, bundle.digest(), 1);
        }
        model = ModelRegistry.model(spec);
        tokenIds = new Random(4).ints(TOKENS, 0, model.config().vocabSize()).toArray();
    }

    /** A dictionary that reconstructs every row as its decoder bias, 0.5 everywhere. */
    private LossSums measure(HookPoint at) throws IOException {
        int d = model.config().dModel();
        Path saes = Files.createDirectories(folder.resolve(at.site().sqlName()));
        float[] bias_D = new float[d];
        Arrays.fill(bias_D, 0.5f);
        float[] mean_D = new float[d];
        Arrays.fill(mean_D, -0.25f);
        new Sae(new SaeFacts(at, 1, 0), new float[2 * d], new float[2], new float[2 * d], bias_D)
                .write(Files.createDirectories(saes.resolve("layer=" + at.layer())), Map.of());
        boolean[] all = new boolean[TOKENS];
        Arrays.fill(all, true);
        SpliceTask task = new SpliceTask(
                spec,
                saes.toString(),
                Map.of(at.layer(), new SpliceTask.Layer(at, mean_D, Double.POSITIVE_INFINITY)),
                new SpliceTask.Limits(512, TOKENS));
        return task.measure(List.of(new LossText(tokenIds, all))).get(0);
    }

    private static double lossFrom(HookPoint at, float value) {
        float[] values_TD = new float[TOKENS * model.config().dModel()];
        Arrays.fill(values_TD, value);
        float[] nll = model.forward(
                        List.of(TokenSequence.plain(tokenIds)),
                        ForwardPlan.nothing().withTokenNll().startingAt(at, List.of(values_TD)))
                .tokenNll(0);
        double sum = 0;
        for (float loss : nll) {
            sum += loss;
        }
        return sum;
    }

    @ParameterizedTest
    @EnumSource(names = {"RESID_PRE", "RESID_MID", "RESID_POST"})
    void replacesTheStreamThatTheDictionaryReads(Site site) throws IOException {
        HookPoint at = new HookPoint(site, LAYER);

        LossSums sums = measure(at);

        assertThat(sums.changed().spliced()).isCloseTo(lossFrom(at, 0.5f), within(1e-3));
        assertThat(sums.changed().meanAblated()).isCloseTo(lossFrom(at, -0.25f), within(1e-3));
        assertThat(sums.changed().zeroAblated()).isCloseTo(lossFrom(at, 0), within(1e-3));
    }

    @Test
    void thePointMatters() throws IOException {
        double middle = measure(new HookPoint(Site.RESID_MID, LAYER)).changed().spliced();

        assertThat(middle)
                .isNotCloseTo(measure(HookPoint.residPost(LAYER)).changed().spliced(), within(0.01));
        assertThat(middle)
                .isNotCloseTo(
                        measure(new HookPoint(Site.RESID_PRE, LAYER)).changed().spliced(), within(0.01));
    }

    /** The last token of a sequence has no next one in it, so the distributions of every prefix but the whole are compared. */
    @Test
    void divergencesAreThoseOfTheLogitsOfEveryPrefix() throws IOException {
        HookPoint at = HookPoint.residPost(LAYER);
        double expected = 0;
        for (int length = 1; length < TOKENS; length++) {
            List<TokenSequence> prefix = List.of(TokenSequence.plain(Arrays.copyOf(tokenIds, length)));
            float[] zero_TD = new float[length * model.config().dModel()];
            float[] clean = model.forward(prefix, ForwardPlan.nothing().withLastLogits())
                    .lastLogits(0);
            float[] ablated = model.forward(
                            prefix, ForwardPlan.nothing().withLastLogits().startingAt(at, List.of(zero_TD)))
                    .lastLogits(0);
            expected += Divergence.of(clean, ablated);
        }

        LossSums sums = measure(at);

        assertThat(sums.divergenceTokens()).isEqualTo(TOKENS - 1);
        assertThat(sums.divergence().zeroAblated()).isCloseTo(expected, within(1e-3));
        assertThat(sums.divergence().spliced()).isPositive();
    }

    @Test
    void theLastLayerCanBeReplaced() throws IOException {
        HookPoint last = HookPoint.residPost(model.config().nLayers() - 1);

        assertThat(measure(last).changed().spliced()).isCloseTo(lossFrom(last, 0.5f), within(1e-3));
    }
}
