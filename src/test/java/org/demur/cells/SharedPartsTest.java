package org.demur.cells;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.demur.JobException;
import org.demur.config.ConfigSection;
import org.demur.edit.HookPoint;
import org.demur.edit.Site;
import org.demur.runtime.RunSeed;
import org.junit.jupiter.api.Test;

class SharedPartsTest {
    private static StudyPrompt prompt(String id, int length) {
        String[] classes = new String[length];
        java.util.Arrays.fill(classes, "content");
        classes[length - 1] = "post_instruction";
        return new StudyPrompt("set", id, "harmful", new int[length], classes);
    }

    @Test
    void everySiteNeedsResidPreOfTheFirstBlockOnly() {
        List<HookPoint> points = AblationSites.points(List.of("resid_pre", "resid_mid", "resid_post"), 2);

        assertThat(points)
                .containsExactly(
                        new HookPoint(Site.RESID_PRE, 0),
                        new HookPoint(Site.RESID_MID, 0),
                        new HookPoint(Site.RESID_POST, 0),
                        new HookPoint(Site.RESID_MID, 1),
                        new HookPoint(Site.RESID_POST, 1));
        assertThat(AblationSites.points(List.of("resid_pre"), 2)).hasSize(2);
    }

    @Test
    void shardsHoldEveryPromptOnceShortestFirstAndAboutEqualTokens() {
        List<StudyPrompt> prompts = IntStream.rangeClosed(1, 40)
                .mapToObj(i -> prompt("p" + i, 41 - i))
                .toList();

        List<PromptShard> shards = PromptShard.split(prompts, 4);

        assertThat(shards).hasSize(4);
        assertThat(shards).extracting(PromptShard::index).containsExactly(0, 1, 2, 3);
        assertThat(shards.stream().flatMap(shard -> shard.prompts().stream()).map(StudyPrompt::length))
                .isSorted()
                .hasSize(40);
        assertThat(shards).allSatisfy(shard -> assertThat(
                        shard.prompts().stream().mapToInt(StudyPrompt::length).sum())
                .isBetween(165, 245));
    }

    @Test
    void shardsOfAFixedSizeLeaveTheRestToTheLast() {
        List<StudyPrompt> prompts =
                IntStream.range(0, 7).mapToObj(i -> prompt("p" + i, 3)).toList();

        assertThat(PromptShard.ofSize(prompts, 3))
                .extracting(shard -> shard.prompts().size())
                .containsExactly(3, 3, 1);
    }

    @Test
    void postInstructionTokensAreCountedFromTheEnd() {
        StudyPrompt prompt = new StudyPrompt("set", "id", "harmful", new int[4], new String[] {
            "post_instruction", "content", "post_instruction", "post_instruction"
        });

        assertThat(prompt.postInstructionTokens()).isEqualTo(2);
    }

    @Test
    void samplesAreStableDistinctAndInTheOldOrder() {
        List<StudyPrompt> all =
                IntStream.range(100, 200).mapToObj(i -> prompt("p" + i, 3)).toList();
        RunSeed seed = new RunSeed(7);

        List<StudyPrompt> sample = PromptSample.pick(all, 10, seed, "direction-harmful");

        assertThat(sample).hasSize(10).doesNotHaveDuplicates();
        assertThat(sample.stream().map(StudyPrompt::promptId)).isSorted();
        assertThat(PromptSample.pick(all, 10, seed, "direction-harmful")).isEqualTo(sample);
        assertThat(PromptSample.pick(all, 10, seed, "attribution")).isNotEqualTo(sample);
        assertThat(PromptSample.pick(all, 100, seed, "attribution")).isEqualTo(all);
    }

    @Test
    void cellIdsSayWhatTheCellIs() {
        assertThat(Cell.of("jbb", Method.NONE, "", 0, 0).cellId()).isEqualTo("jbb/none");
        assertThat(Cell.of("jbb", Method.FEATURE_SCALE, "fstar", 20, -1).cellId())
                .isEqualTo("jbb/feature_scale/fstar/20/-1.0");
        assertThat(Cell.of("jbb", Method.DIRECTION_ADDITION, "", 0, 1).cellId())
                .isEqualTo("jbb/direction_addition/1.0");
    }

    @Test
    void usesOfPromptSetsComeFromTheJobFile() {
        PromptUses uses = PromptUses.from(ConfigSection.parse(
                "sets = [ { name = a, uses = [test, direction-harmful] }, { name = b, uses = [test] } ]"));

        assertThat(uses.sets("test")).containsExactly("a", "b");
        assertThatThrownBy(() -> uses.sets("attribution"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("No prompt set has the use 'attribution'")
                .hasMessageContaining("direction-harmful, test");
    }

    @Test
    void unknownMethodsAreNamedWithTheKnownOnes() {
        assertThatThrownBy(() -> Method.of("feature_scaling"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Unknown intervention method 'feature_scaling'")
                .hasMessageContaining("feature_scale, feature_clamp");
    }
}
