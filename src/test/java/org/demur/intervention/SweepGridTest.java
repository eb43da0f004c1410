package org.demur.intervention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.demur.JobException;
import org.demur.cells.Action;
import org.demur.cells.Cell;
import org.demur.cells.FeatureSets;
import org.demur.cells.GrowingFile;
import org.demur.cells.Intervention;
import org.demur.cells.Method;
import org.demur.cells.RankedFeature;
import org.demur.cells.StudyPrompt;
import org.demur.config.ConfigSection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepGridTest {
    private static final List<RankedFeature> TWELVE = IntStream.rangeClosed(1, 12)
            .mapToObj(rank -> new RankedFeature(rank, 3, rank, 1))
            .toList();
    private static final FeatureSets FEATURES =
            new FeatureSets(Map.of("fstar", TWELVE, "random_0", TWELVE, "random_1", TWELVE), Map.of());

    private static Map<String, Set<String>> sets() {
        Map<String, Set<String>> sets = new LinkedHashMap<>();
        sets.put("jbb", Set.of("harmful"));
        sets.put("alpaca", Set.of("harmless"));
        sets.put("xstest", Set.of("harmful", "harmless"));
        return sets;
    }

    private static GridRule rule(Method method, String label, List<String> sets, List<Integer> sizes, double... c) {
        return new GridRule(
                method,
                List.of(label),
                sets,
                sizes,
                java.util.Arrays.stream(c).boxed().toList());
    }

    @Test
    void rulesApplyToSetsWithTheirLabel() {
        List<Cell> cells = SweepGrid.cells(
                List.of(rule(Method.DIRECTION_ADDITION, "harmless", List.of(), List.of(), 1, 2)),
                sets(),
                FEATURES,
                TunedChoices.NONE);

        assertThat(cells)
                .extracting(Cell::cellId)
                .containsExactly(
                        "alpaca/direction_addition/1.0",
                        "alpaca/direction_addition/2.0",
                        "xstest/direction_addition/1.0",
                        "xstest/direction_addition/2.0");
    }

    @Test
    void methodsWithoutCoefficientOrFeaturesGiveOneCellASet() {
        List<Cell> cells = SweepGrid.cells(
                List.of(rule(Method.NONE, "harmful", List.of("fstar"), List.of(20, 5), 0, 1)),
                sets(),
                FEATURES,
                TunedChoices.NONE);

        assertThat(cells).extracting(Cell::cellId).containsExactly("jbb/none", "xstest/none");
    }

    @Test
    void randomStandsForEveryRandomSetAndSizesAreLimitedToWhatThereIs() {
        List<Cell> cells = SweepGrid.cells(
                List.of(rule(Method.FEATURE_SCALE, "harmful", List.of("fstar", "random"), List.of(20, 15, 5), 0)),
                Map.of("jbb", Set.of("harmful")),
                FEATURES,
                TunedChoices.NONE);

        assertThat(cells)
                .extracting(Cell::cellId)
                .containsExactly(
                        "jbb/feature_scale/fstar/12/0.0",
                        "jbb/feature_scale/fstar/5/0.0",
                        "jbb/feature_scale/random_0/12/0.0",
                        "jbb/feature_scale/random_0/5/0.0",
                        "jbb/feature_scale/random_1/12/0.0",
                        "jbb/feature_scale/random_1/5/0.0");
    }

    @Test
    void unknownFeatureSetsAreNamed() {
        assertThatThrownBy(() -> SweepGrid.cells(
                        List.of(rule(Method.FEATURE_CLAMP, "harmful", List.of("fstat"), List.of(5), 1)),
                        sets(),
                        FEATURES,
                        TunedChoices.NONE))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("No feature set 'fstat'")
                .hasMessageContaining("fstar, random_0, random_1");
    }

    @Test
    void aBatchIsDoneOnlyWhenItsFileIsComplete(@TempDir Path scratch) throws IOException {
        StudyPrompt prompt = new StudyPrompt("jbb", "p", "harmful", new int[] {1}, new String[] {"content"});
        Cell none = Cell.of("jbb", Method.NONE, "", 0, 0);
        SweepBatch batch = new SweepBatch(0, List.of(none), List.of(prompt), 1);
        Cell ablation = Cell.of("jbb", Method.DIRECTION_ABLATION, "", 0, 0);
        SweepBatch other = new SweepBatch(1, List.of(ablation), List.of(prompt), 1);
        CompletionRow row = new CompletionRow(
                "jbb/none", "jbb", "p", "none", null, 0, null, "line\nbreak", new int[] {4, 5}, 2, "stop", "{}");
        String line =
                "{\"cell_id\":\"jbb/none\",\"coefficient\":null,\"completion\":\"line\\nbreak\",\"feature_set\":null,"
                        + "\"finish\":\"stop\",\"intervention\":\"{}\",\"method\":\"none\",\"n_features\":0,\"n_tokens\":2,"
                        + "\"prompt_id\":\"p\",\"set_name\":\"jbb\",\"token_ids\":[4,5]}\n";

        try (GrowingFile growing = batch.file(scratch).growing()) {
            growing.add(row);
            try (Stream<Path> files = Files.list(scratch)) {
                assertThat(files).singleElement().satisfies(file -> assertThat(file)
                        .hasContent(line));
            }
            assertThat(batch.file(scratch).isDone()).isFalse();
        }
        assertThat(scratch).isEmptyDirectory();
        batch.file(scratch).write(List.of(row));

        assertThat(batch.file(scratch).isDone()).isTrue();
        assertThat(other.file(scratch).isDone()).isFalse();
        assertThat(batch.file(scratch).path()).hasContent(line);
    }

    private static List<Cell> cells(String entry) {
        ConfigSection section = ConfigSection.root(ConfigFactory.parseString("sweep.grid = [" + entry + "]")
                .withFallback(ConfigFactory.parseResources("defaults/sweep.conf"))
                .resolve());
        List<GridRule> rules = section.section("sweep").sections("grid").stream()
                .map(GridRule::from)
                .toList();
        return SweepGrid.cells(rules, sets(), FEATURES, TunedChoices.NONE);
    }

    @Test
    void modifiersShowInTheIdsOfCells() {
        assertThat(cells(
                        "{ method = feature_scale, sets = [jbb], sizes = [3], coefficients = [0, -1], layers = [10, 11],"
                                + " positions = [content, post_instruction], phases = [decode], form = exact }"))
                .extracting(Cell::cellId)
                .containsExactly(
                        "jbb/feature_scale/fstar/3/0.0/exact/at=content,post_instruction/in=decode/layers=10,11",
                        "jbb/feature_scale/fstar/3/-1.0/exact/at=content,post_instruction/in=decode/layers=10,11");
        assertThat(cells("{ method = direction_ablation, sets = [jbb], layers = [4],"
                        + " condition { of = feature, layer = 3, feature = 7, above = 0.5 } }"))
                .extracting(Cell::cellId)
                .containsExactly("jbb/direction_ablation/layers=4/if=feature:3:7>0.5");
        assertThat(cells(
                        "{ method = feature_restore, sets = [jbb], coefficients = [1], sizes = [2], restore-from = plain,"
                                + " restore-by = goal, condition { of = direction, above = 2 } }"))
                .extracting(Cell::cellId)
                .containsExactly("jbb/feature_restore/fstar/2/1.0/if=direction>2.0/from=plain.goal");
    }

    @Test
    void whatIsDoneBesidesIsCombinedAndRetainedFeaturesComeLast() {
        List<Cell> cells = cells("{ method = feature_scale, sets = [alpaca], sizes = [3], also = ["
                + " { method = feature_cap, feature-sets = [random_0], sizes = [2], coefficients = [1, 2] } ],"
                + " retain = random_1, retain-size = 4, retain-phases = [prompt] }");

        assertThat(cells)
                .extracting(Cell::cellId)
                .containsExactly(
                        "alpaca/feature_scale/fstar/3/0.0+feature_cap/random_0/2/1.0+feature_retain/random_1/4/in=prompt",
                        "alpaca/feature_scale/fstar/3/0.0+feature_cap/random_0/2/2.0+feature_retain/random_1/4/in=prompt");
        assertThat(cells.get(0).nFeatures()).isEqualTo(3);
        assertThat(Intervention.parse(cells.get(1).intervention()).actions())
                .extracting(Action::method)
                .containsExactly(Method.FEATURE_SCALE, Method.FEATURE_CAP, Method.FEATURE_RETAIN);
    }

    @Test
    void entriesThatCannotWorkAreRefused() {
        assertThatThrownBy(() -> cells("{ method = feature_mean_ablation }"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("feature_mean_ablation needs a prompt set");
        assertThatThrownBy(() -> cells("{ method = feature_scale, positions = [contents] }"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("'contents' is no token class");
        assertThatThrownBy(() -> cells("{ method = feature_scale, phases = [] }"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("write prompt, decode or both");
        assertThatThrownBy(() -> cells("{ method = feature_scale, sets = [jbc] }"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("names the prompt set 'jbc'");
        assertThatThrownBy(() -> cells("{ method = feature_scale, form = topk }"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("write one of threshold, exact");
    }
}
