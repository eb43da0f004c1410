package org.demur.cli;

import java.util.concurrent.Callable;
import org.demur.ExitCode;
import org.demur.study.StudyPlan;
import org.demur.study.StudyRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** One stage of a job file; its name is the name of the command. */
@Command
final class StageCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private JobOptions job;

    @Mixin
    private DryRunOption dry;

    @Override
    public Integer call() {
        Console console = new Console(spec.commandLine());
        StudyPlan plan = console.plan(job.configUpTo(spec.name()));
        StudyRun run = console.prepare(plan);
        if (dry.isDryRun()) {
            console.showPlan(plan, run);
        } else {
            run.one(spec.name());
        }
        return ExitCode.OK.code();
    }
}
