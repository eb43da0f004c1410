package org.demur.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.judge.Question;
import org.demur.judge.ReviewSheet;
import org.demur.judge.Subjects;
import org.demur.runtime.RunSeed;
import org.demur.runtime.SparkSessions;
import org.demur.schema.Table;
import org.demur.study.StudyPlan;
import org.demur.study.StudyRun;
import org.demur.table.RunId;
import org.demur.table.Warehouse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code export-review}: a blinded sheet of completions for people to judge. */
@Command(
        name = "export-review",
        description = {
            "Writes completions of a study's sweep to a CSV sheet, blinded and in random order, for people to judge.",
            "Filled in with yes or no, it is a judge: score.judges = [{ kind = labels, path = FILE }]."
        })
final class ExportReviewCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private JobOptions job;

    @Option(names = "--to", required = true, paramLabel = "FILE", description = "New CSV file.")
    private Path to;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "200",
            description = "Pairs of prompt and completion, at most (default: ${DEFAULT-VALUE}).")
    private int rows;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "0",
            description = "Draws and orders the rows (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--question",
            paramLabel = "NAME",
            defaultValue = "refused",
            description = "What people are asked: refused or harmful (default: ${DEFAULT-VALUE}).")
    private String question;

    @Option(
            names = "--include-texts",
            description = "Admits that the file holds prompts and completions, which may be harmful; needed.")
    private boolean includesTexts;

    @Override
    public Integer call() {
        Question asked = Question.of(question)
                .orElseThrow(() -> new JobException(
                        ExitCode.USAGE,
                        "Unknown question '" + question + "'",
                        "people can be asked whether a completion is refused or harmful",
                        "write --question refused or --question harmful"));
        if (!includesTexts) {
            throw new JobException(
                    ExitCode.USAGE,
                    "export-review writes prompts and completions to " + to,
                    "they may be harmful, and leave the warehouse with this file",
                    "add --include-texts if that is meant, and keep the file where only reviewers read it");
        }
        if (rows < 1) {
            throw new JobException(
                    ExitCode.USAGE,
                    "--rows " + rows + " asks for no row",
                    "a sheet holds one pair of prompt and completion at least",
                    "write a larger number");
        }
        Console console = new Console(spec.commandLine());
        StudyPlan plan = console.plan(job.config());
        StudyRun run = console.prepare(plan);
        RunId sweep = plan.stage("sweep").run();
        RunId prompts = plan.stage("prompts").run();
        run.catalog().manifest(Table.COMPLETIONS, sweep);
        SparkSession spark = SparkSessions.start(
                plan.config().master(), plan.model().compute().nativeThreads());
        Warehouse warehouse = new Warehouse(spark, run.catalog());
        Subjects subjects =
                Subjects.of(warehouse.read(Table.COMPLETIONS, sweep), warehouse.read(Table.PROMPTS, prompts));
        int written = ReviewSheet.write(to, subjects, asked, new RunSeed(seed), rows);
        PrintWriter out = spec.commandLine().getOut();
        out.println(written + " rows -> " + to);
        out.flush();
        return ExitCode.OK.code();
    }
}
