package org.demur.cli;

import java.util.Locale;
import java.util.TimeZone;
import org.demur.runtime.SparkSessions;
import org.demur.study.Stages;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: a command per stage, {@code study} for all, {@code sql} for tables, others for dictionaries and reviews. */
@Command(
        name = "demur",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Finds which internal features make a chat model refuse.",
        subcommands = {
            StudyCommand.class,
            SqlCommand.class,
            ImportSaeCommand.class,
            ExportSaeCommand.class,
            ExportReviewCommand.class,
            ExportOrthogonalisedCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main {
    private Main() {}

    /** Ends the process with a code of {@link org.demur.ExitCode}. */
    public static void main(String[] arguments) {
        // Numbers and times must read the same on every machine.
        Locale.setDefault(Locale.ROOT);
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        int code = commandLine().execute(arguments);
        // Executors that lose their driver without a word count as failed and are started again.
        SparkSessions.stop();
        System.exit(code);
    }

    /** All commands with their error handling. */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Main());
        for (String stage : Stages.names()) {
            CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.forAnnotatedObject(new StageCommand());
            spec.name(stage).usageMessage().description("Runs the stage " + stage + " of a job file.");
            commandLine.addSubcommand(stage, spec);
        }
        commandLine.getSubcommands().values().forEach(command -> command.getCommandSpec()
                .mixinStandardHelpOptions(true));
        Failures failures = new Failures();
        commandLine.getCommandSpec().addMixin("failures", CommandLine.Model.CommandSpec.forAnnotatedObject(failures));
        return commandLine.setExecutionExceptionHandler(failures).setUsageHelpAutoWidth(true);
    }
}
