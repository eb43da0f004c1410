package org.demur.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.SharedData;
import org.demur.config.JobFile;
import org.demur.runtime.Progress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyPlanTest {
    @TempDir
    Path folder;

    private Path prompts;
    private Path job;

    @BeforeEach
    void write() throws IOException {
        prompts = Files.writeString(folder.resolve("p.jsonl"), "{\"id\":\"a\",\"prompt\":\"p\"}\n");
        job = Files.writeString(
                folder.resolve("job.conf"),
                """
                study.stages = [prompts, extract]
                model.path = "classpath:/org/demur/embedded/demur-tiny-refuser.Q8_0.gguf"
                extract.layers = [2]
                prompts.sets = [{ name = p, path = "%s", uses = [corpus] }]
                """
                        .formatted(prompts));
    }

    private StudyPlan plan(String... overrides) {
        return StudyPlan.of(StudyConfig.from(JobFile.read(job, Arrays.asList(overrides))));
    }

    private String run(String stage, String... overrides) {
        return plan(overrides).stage(stage).run().value();
    }

    @Test
    void theSameJobHasTheSameRunIds() {
        assertThat(run("prompts")).isEqualTo(run("prompts"));
        assertThat(run("extract")).isEqualTo(run("extract")).isNotEqualTo(run("prompts"));
    }

    @Test
    void aStageAsksOnlyForWhatItAndThoseBeforeItNeed() {
        var all = JobFile.read(job, List.of("study.stages=[prompts, extract, train, evaluate, direction]"));
        assertThatThrownBy(() -> StudyConfig.from(all)).hasMessageContaining("No prompt set has the use");
        assertThat(StudyConfig.upTo("evaluate", all).stages())
                .extracting(stage -> stage.name())
                .containsExactly("prompts", "extract", "train", "evaluate");
        assertThat(StudyPlan.of(StudyConfig.upTo("train", all))
                        .stage("extract")
                        .run()
                        .value())
                .isEqualTo(run("extract"));
    }

    @Test
    void aSettingChangesItsStageAndThoseAfterIt() {
        assertThat(run("prompts", "extract.shards=3")).isEqualTo(run("prompts"));
        assertThat(run("extract", "extract.shards=3")).isNotEqualTo(run("extract"));
        assertThat(run("prompts", "prompts.sets-defaults.limit=3")).isNotEqualTo(run("prompts"));
        assertThat(run("extract", "prompts.sets-defaults.limit=3")).isNotEqualTo(run("extract"));
    }

    @Test
    void whereAndWithWhatNameDoesNotMatter() {
        assertThat(run("extract", "study.name=other", "study.warehouse=elsewhere", "spark.master=\"local[1]\""))
                .isEqualTo(run("extract"));
    }

    @Test
    void theContentOfTheSourceMattersAndNotItsFolder() throws IOException {
        String before = run("prompts");
        Path moved = Files.createDirectories(folder.resolve("moved")).resolve("p.jsonl");
        Files.copy(prompts, moved);

        assertThat(run("prompts", "prompts.sets=[{ name = p, path = \"" + moved + "\", uses = [corpus] }]"))
                .isEqualTo(before);
        Files.writeString(prompts, "{\"id\":\"a\",\"prompt\":\"q\"}\n");
        assertThat(run("prompts")).isNotEqualTo(before);
    }

    @Test
    void stageWithoutItsInputSaysWhichCommandIsMissing() {
        StudyPlan plan = plan("study.warehouse=\"" + folder.resolve("warehouse") + "\"");
        StudyRun run = new StudyRun(plan, () -> failSession(), Progress.SILENT, new IgnoredEvents());

        assertThatThrownBy(() -> run.one("extract"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("reads run " + plan.stage("prompts").run() + " of stage prompts")
                .hasMessageContaining("jobs/demur prompts")
                .extracting(e -> ((JobException) e).exitCode())
                .isEqualTo(ExitCode.MISSING_INPUT);
    }

    private static org.apache.spark.sql.SparkSession failSession() {
        throw new AssertionError("Spark must not start");
    }

    @Test
    void unknownNamesAreRefusedEverywhere() {
        assertUnknown("exract.shards=3", "Unknown setting exract", "did you mean extract?");
        assertUnknown("extract.shrads=3", "Unknown setting extract.shrads", "did you mean extract.shards?");
        assertUnknown("prompts.sets-defaults.lmit=3", "lmit", "did you mean");
        assertUnknown("study.stages=[promts]", "study.stages", "did you mean prompts?");
    }

    private void assertUnknown(String override, String... parts) {
        assertThatThrownBy(() -> plan(override))
                .isInstanceOf(JobException.class)
                .hasMessageContainingAll(parts)
                .extracting(e -> ((JobException) e).exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    @Tag("shared")
    void settingsThatDoNotSuitTheModelAreRefusedBeforeAnythingRuns() {
        String model = "model.path=\"" + SharedData.path("goldens", "models", "gpt_neox") + "\"";

        assertThatThrownBy(() -> plan(model, "extract.hook=resid_mid"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("extract.hook = resid_mid does not suit this model");
        assertThat(run("extract", model, "extract.hook=resid_pre")).isNotEqualTo(run("extract", model));
    }

    @Test
    void layersThatTheModelDoesNotHaveAreRefusedBeforeAnythingRuns() {
        assertThatThrownBy(() -> plan("extract.layers=[2,99]"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("extract.layers names layer 99");
    }

    @Test
    void missingModelIsNamed() {
        assertThatThrownBy(() -> plan("model.path=none.gguf"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Model none.gguf does not exist");
    }

    @Test
    void modelOfTheHubNeedsACommitAndPermission() {
        assertThatThrownBy(() -> plan("model.path=\"hf://team/small@main\""))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("hf://team/small@main does not name a commit");
        String commit = "0".repeat(40);
        assertThatThrownBy(() -> plan("model.path=\"hf://no-such-team/small@" + commit + "\""))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("hf://no-such-team/small@" + commit + " is not complete in the cache")
                .hasMessageContaining("--set model.allow-network=true");
        assertThat(run("prompts", "model.allow-network=true")).isEqualTo(run("prompts"));
    }

    @Test
    void inputOfALeftOutStageIsRefused() {
        assertThatThrownBy(() -> plan("study.stages=[extract]"))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("Stage prompts is not part of this study");
    }
}
