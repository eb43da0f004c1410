package org.demur.cli;

import java.util.concurrent.Callable;
import org.demur.ExitCode;
import org.demur.study.StudyPlan;
import org.demur.study.StudyRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code study}: all stages of a job file. */
@Command(
        name = "study",
        description = "Runs every stage of a job file that is not published yet, and prints the result.")
final class StudyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private JobOptions job;

    @Mixin
    private DryRunOption dry;

    @Override
    public Integer call() {
        Console console = new Console(spec.commandLine());
        StudyPlan plan = console.plan(job.config());
        StudyRun run = console.prepare(plan);
        if (dry.isDryRun()) {
            console.showPlan(plan, run);
            return ExitCode.OK.code();
        }
        run.all();
        console.showResult(plan, run);
        return ExitCode.OK.code();
    }
}
