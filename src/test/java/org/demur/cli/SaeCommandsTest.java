package org.demur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.demur.ExitCode;
import org.demur.edit.HookPoint;
import org.demur.sae.Sae;
import org.demur.sae.SaeFacts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SaeCommandsTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }

    private Path saved() {
        float[] weights = {1, 2, 3, 4, 5, 6};
        new Sae(new SaeFacts(HookPoint.residPost(7), 2, 0.5f), weights, new float[3], weights, new float[2])
                .write(folder, Map.of("model_name", "tiny"));
        return folder;
    }

    @Test
    void aDictionaryLeavesAndComesBackTheSame() {
        String from = saved().toString();
        String theirs = folder.resolve("theirs").toString();
        String ours = folder.resolve("ours").toString();

        assertThat(run("export-sae", "--from", from, "--format", "dictionary-learning", "--to", theirs))
                .isZero();
        assertThat(run("import-sae", "--from", theirs, "--to", ours)).isZero();

        assertThat(out.toString()).contains("topk of layer 7 resid_post, 3 features of width 2 -> " + ours);
        Sae back = Sae.read(Path.of(ours));
        assertThat(back.facts()).isEqualTo(Sae.read(folder).facts());
        assertThat(back.w_enc_FD()).isEqualTo(Sae.read(folder).w_enc_FD());
        assertThat(Sae.provenance(Path.of(ours)))
                .containsEntry("source_format", "dictionary-learning")
                .containsEntry("model_name", "tiny");
    }

    @Test
    void refusesWhatALibraryCannotCompute() {
        assertThat(run("export-sae", "--from", saved().toString(), "--format", "gemma-scope", "--to", folder + "/to"))
                .isEqualTo(ExitCode.USAGE.code());
        assertThat(err.toString()).contains("gemma-scope cannot hold the activation topk", "why:", "do:");
        assertThat(folder.resolve("to")).doesNotExist();
    }

    @Test
    void refusesAFolderThatHoldsSomething() {
        assertThat(run("export-sae", "--from", saved().toString(), "--format", "saelens", "--to", folder.toString()))
                .isEqualTo(ExitCode.EXISTS.code());
        assertThat(err.toString()).contains("is not empty");
    }

    @Test
    void namesTheFormatsThatThereAre() {
        assertThat(run("import-sae", "--from", folder.toString(), "--to", folder + "/to"))
                .isEqualTo(ExitCode.MISMATCH.code());
        assertThat(err.toString()).contains("holds no dictionary", "llama-scope-r1");
        assertThat(run("export-sae", "--from", saved().toString(), "--format", "onnx", "--to", folder + "/to"))
                .isEqualTo(ExitCode.USAGE.code());
        assertThat(err.toString()).contains("There is no format onnx", "qwen-scope");
    }

    @Test
    void helpHasExamples() {
        assertThat(run("import-sae", "--help")).isZero();
        assertThat(run("export-sae", "--help")).isZero();
        assertThat(out.toString()).contains("Examples:", "--hook resid_post --layer 15", "--format saelens");
    }
}
