package org.demur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.assertj.core.data.Offset;
import org.demur.SharedData;
import org.demur.edit.HookPoint;
import org.demur.model.ModelBundle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The real chat model against recordings of the reference implementation: stream, logits and continuations. */
@Tag("shared")
class SmolLmGoldenTest {
    private static final int[] LAYERS = {0, 5, 10, 15, 20, 25, 29};
    private static final int WIDTH = 576;

    private static ModelBundle bundle;
    private static LanguageModel model;
    private static final List<JsonNode> ROWS = new ArrayList<>();

    @BeforeAll
    static void load() throws IOException {
        bundle = ModelBundle.open(SharedData.path("models", "smollm2-135m-refuser.Q8_0.gguf"));
        model = LanguageModel.load(bundle);
        ObjectMapper json = new ObjectMapper();
        for (String line : Files.readAllLines(SharedData.path("goldens", "smollm2", "rows.jsonl"))) {
            ROWS.add(json.readTree(line));
        }
    }

    @AfterAll
    static void close() {
        model.close();
        bundle.close();
    }

    @Test
    void residualStreamAndLogitsMatch() {
        TreeSet<HookPoint> points = new TreeSet<>();
        Arrays.stream(LAYERS).forEach(layer -> points.add(HookPoint.residPost(layer)));
        ForwardResult result = model.forward(
                prompts(),
                ForwardPlan.capture(points).atPositions(Positions.LAST).withLastLogits());
        try (Golden golden = new Golden(SharedData.path("goldens", "smollm2", "residuals.safetensors"))) {
            float[] recorded = golden.floats("resid_post_last");
            for (int row = 0; row < ROWS.size(); row++) {
                for (int i = 0; i < LAYERS.length; i++) {
                    int at = (row * LAYERS.length + i) * WIDTH;
                    assertThat(Golden.relativeError(
                                    result.activation(row, HookPoint.residPost(LAYERS[i])),
                                    Arrays.copyOfRange(recorded, at, at + WIDTH)))
                            .as("row %d, layer %d", row, LAYERS[i])
                            .isLessThan(2e-3);
                }
                compareLogits(result.lastLogits(row), ROWS.get(row), row);
            }
        }
    }

    private static void compareLogits(float[] logits, JsonNode row, int number) {
        double scale = row.get("top_logits").get(0).asDouble();
        for (int i = 0; i < row.get("top_ids").size(); i++) {
            assertThat(logits[row.get("top_ids").get(i).asInt()])
                    .as("row %d, logit %d", number, i)
                    .isCloseTo((float) row.get("top_logits").get(i).asDouble(), within(2e-3 * scale));
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - scale);
        }
        assertThat((float) (scale + Math.log(sum)))
                .isCloseTo((float) row.get("logsumexp").asDouble(), within(2e-3 * scale));
    }

    private static Offset<Float> within(double value) {
        return Offset.offset((float) value);
    }

    @Test
    void greedyContinuationsMatch() {
        List<Generation> generations = model.generate(
                prompts(), new GenerationPlan(32, bundle.special().turnEnds(), 32));
        int equal = 0;
        for (int row = 0; row < ROWS.size(); row++) {
            int[] recorded = ids(ROWS.get(row).get("greedy_ids"));
            int[] own = generations.get(row).tokenIds();
            int compared = Math.min(16, recorded[recorded.length - 1] == 2 ? recorded.length - 1 : recorded.length);
            if (own.length >= compared
                    && Arrays.equals(Arrays.copyOf(own, compared), Arrays.copyOf(recorded, compared))) {
                equal++;
            }
        }
        assertThat(equal / (double) ROWS.size())
                .as("%d of %d rows", equal, ROWS.size())
                .isGreaterThanOrEqualTo(0.97);
    }

    private static List<TokenSequence> prompts() {
        return ROWS.stream()
                .map(row -> TokenSequence.plain(ids(row.get("token_ids"))))
                .toList();
    }

    private static int[] ids(JsonNode array) {
        int[] ids = new int[array.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = array.get(i).asInt();
        }
        return ids;
    }
}
