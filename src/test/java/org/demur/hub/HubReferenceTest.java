package org.demur.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.demur.ExitCode;
import org.demur.JobException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubReferenceTest {
    private static final String COMMIT = TestHub.COMMIT;

    @Test
    void folderAndFileAreTakenApart() {
        HubReference folder = HubReference.parse("hf://team/small-1.5B_it@" + COMMIT);
        HubReference file = HubReference.parse("hf://team/small@" + COMMIT + "/quants/small.Q8_0.gguf");

        assertThat(folder).isEqualTo(new HubReference("team", "small-1.5B_it", COMMIT, ""));
        assertThat(folder.ggufFile()).isEmpty();
        assertThat(file.ggufFile()).contains("quants/small.Q8_0.gguf");
        assertThat(file).hasToString("hf://team/small@" + COMMIT + "/quants/small.Q8_0.gguf");
        assertThat(file.fetchCommand())
                .isEqualTo("huggingface-cli download team/small quants/small.Q8_0.gguf --revision " + COMMIT);
    }

    @Test
    void otherPathsAreNoReferences() {
        assertThat(HubReference.isSpelledBy("hf://anything")).isTrue();
        assertThat(HubReference.isSpelledBy("/models/hf")).isFalse();
        assertThat(HubReference.isSpelledBy("classpath:hf")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hf://team/small",
                "hf://team/small@",
                "hf://team/small@main",
                "hf://team/small@main/small.gguf",
                "hf://team/small@0123456",
                "hf://team/small@0123456789ABCDEF0123456789ABCDEF01234567",
                "hf://team/small@" + COMMIT + "0"
            })
    void whatMovesIsRefusedWithTheReason(String path) {
        assertThatThrownBy(() -> HubReference.parse(path))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("hf://team/small")
                .hasMessageContaining("run ids of this job file would then lie")
                .hasMessageContaining("git ls-remote https://huggingface.co/team/small")
                .extracting(e -> ((JobException) e).exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "small",
                "/small",
                "team/",
                "te am/small",
                "../small",
                "team/..",
                "-team/small",
                "a/b/c",
                "a--b/c"
            })
    void namesThatTheHubDoesNotAllowAreRefused(String repository) {
        assertThatThrownBy(() -> HubReference.parse("hf://" + repository + "@" + COMMIT))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("does not name a repository")
                .hasMessageContaining("write hf://owner/name@commit");
    }

    @ParameterizedTest
    @CsvSource({
        "'', ends with a slash",
        "../../x.gguf, cannot be a model",
        "/etc/x.gguf, cannot be a model",
        "pytorch_model.bin, cannot be a model",
        "a\\x.gguf, cannot be a model"
    })
    void onlyPathsOfGgufFilesFollowTheCommit(String file, String complaint) {
        assertThatThrownBy(() -> HubReference.parse("hf://team/small@" + COMMIT + "/" + file))
                .isInstanceOf(JobException.class)
                .hasMessageContaining(complaint);
    }
}
