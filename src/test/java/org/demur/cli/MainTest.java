package org.demur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.demur.ExitCode;
import org.demur.study.Stages;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MainTest {
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

    @Test
    void thereIsOneCommandPerStageAndSevenMore() {
        assertThat(Main.commandLine().getSubcommands().keySet())
                .containsAll(Stages.names())
                .contains("study", "sql", "import-sae", "export-sae", "export-review", "help")
                .hasSize(Stages.names().size() + 7);
    }

    @Test
    void optionsAreThese() {
        CommandLine study = Main.commandLine().getSubcommands().get("study");

        assertThat(study.getCommandSpec().optionsMap().keySet())
                .containsExactlyInAnyOrder(
                        "--conf",
                        "--set",
                        "--warehouse",
                        "--native-threads",
                        "--dry-run",
                        "-h",
                        "--help",
                        "-V",
                        "--version");
    }

    @Test
    void textsLeaveTheWarehouseOnlyWhenThatIsSaid() {
        assertThat(run("export-review", "--conf", "jobs/demo.conf", "--to", "sheet.csv"))
                .isEqualTo(ExitCode.USAGE.code());
        assertThat(err.toString()).contains("add --include-texts");
    }

    @Test
    void whatWritesAFileHasNoDryRun() {
        for (String command : List.of("export-review", "export-orthogonalised")) {
            assertThat(run(command, "--conf", "jobs/demo.conf", "--to", "x", "--dry-run"))
                    .isEqualTo(ExitCode.USAGE.code());
            assertThat(err.toString()).contains("--dry-run");
        }
    }

    @Test
    void aSheetHasAtLeastOneRow() {
        assertThat(run(
                        "export-review",
                        "--conf",
                        "jobs/demo.conf",
                        "--include-texts",
                        "--rows",
                        "0",
                        "--to",
                        folder.resolve("sheet.csv").toString()))
                .isEqualTo(ExitCode.USAGE.code());
        assertThat(err.toString()).contains("--rows 0");
    }

    @Test
    void missingOptionIsAUsageError() {
        assertThat(run("study")).isEqualTo(ExitCode.USAGE.code());
        assertThat(err.toString()).contains("--conf");
    }

    @Test
    void versionIsThatOfTheBuild() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).matches("demur \\d+\\.\\d+\\.\\d+\\s+");
    }

    @Test
    void failureOfTheUserHasThreeLinesAndNoStack() {
        assertThat(run("study", "--conf", folder.resolve("none.conf").toString()))
                .isEqualTo(ExitCode.USAGE.code());
        assertThat(err.toString().lines()).hasSize(3);
        assertThat(err.toString()).contains("none.conf does not exist", "why:", "do:");
    }

    @Test
    void debugShowsTheStack() {
        run("--debug", "study", "--conf", folder.resolve("none.conf").toString());

        assertThat(err.toString()).contains("at org.demur.config.JobFile.read");
    }

    @Test
    void dryRunListsTheStagesAndWritesNothing() throws IOException {
        Files.writeString(folder.resolve("p.jsonl"), "{\"id\":\"a\",\"prompt\":\"p\"}\n");
        Path job = Files.writeString(
                folder.resolve("job.conf"),
                """
                study.stages = [prompts, extract]
                model.path = "classpath:/org/demur/embedded/demur-tiny-refuser.Q8_0.gguf"
                extract.layers = [2]
                prompts.sets = [{ name = p, path = "%s", uses = [corpus] }]
                """
                        .formatted(folder.resolve("p.jsonl")));
        Path warehouse = folder.resolve("warehouse");

        int code = run("study", "--conf", job.toString(), "--warehouse", warehouse.toString(), "--dry-run");

        assertThat(code).isZero();
        assertThat(out.toString()).containsPattern("prompts +r[0-9a-f]{12}  to do\nextract +r[0-9a-f]{12}  to do\n");
        assertThat(warehouse).doesNotExist();
    }
}
