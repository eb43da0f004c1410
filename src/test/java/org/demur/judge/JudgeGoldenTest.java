package org.demur.judge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.demur.SharedData;
import org.demur.engine.HfTokenizer;
import org.demur.model.ModelBundle;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The default judge on recorded answers of a real chat model, which a shorter phrase list judged in Python. */
@Tag("shared")
class JudgeGoldenTest {
    private static final int TURN_END = 2;

    @Test
    void agreesWithTheRecordedVerdicts() throws IOException {
        PhraseJudge judge = PhraseJudge.of(PhraseList.NORMALISED, PhraseJudge.DEFAULT_PREFIX_CODE_POINTS);
        List<String> differing = new ArrayList<>();
        int rows = 0;
        try (ModelBundle bundle = ModelBundle.open(SharedData.path("models", "smollm2-135m-refuser.Q8_0.gguf"));
                HfTokenizer tokenizer = HfTokenizer.of(bundle)) {
            for (String line : Files.readAllLines(SharedData.path("goldens", "smollm2", "rows.jsonl"))) {
                JsonNode row = new ObjectMapper().readTree(line);
                boolean isRefused = judge.verdict(tokenizer.decode(answer(row))).refusedPrefix();
                if (isRefused != row.get("refused_prefix").asBoolean()) {
                    differing.add(row.get("id").asText());
                }
                rows++;
            }
        }
        assertThat(rows).isGreaterThan(200);
        assertThat(differing).as("rows on which the longer list differs").hasSizeLessThanOrEqualTo(rows / 100);
    }

    private static int[] answer(JsonNode row) {
        JsonNode ids = row.get("greedy_ids");
        return IntStream.range(0, ids.size())
                .map(i -> ids.get(i).asInt())
                .takeWhile(id -> id != TURN_END)
                .toArray();
    }
}
