package org.demur.bench;

import java.util.Locale;
import org.demur.ExitCode;
import org.demur.JobException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the benchmarks that run a language model. */
@Command(
        name = "bench",
        description = "Times the language model; prints a line for people and one of JSON.",
        subcommands = {
            ExtractBenchmark.class,
            GenerateBenchmark.class,
            SteerBenchmark.class,
            SweepBenchmark.class,
            SweepGridBenchmark.class,
            MemoryBenchmark.class,
            AttributeBenchmark.class,
            SaeTrainBenchmark.class,
            TrainScaleBenchmark.class,
            LogitsDump.class,
            RowsBenchmark.class
        })
public final class Benchmarks {
    private Benchmarks() {}

    /** Ends the process with a code of {@link org.demur.ExitCode}. */
    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT);
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Benchmarks());
        commandLine.getSubcommands().values().forEach(benchmark -> benchmark
                .getCommandSpec()
                .mixinStandardHelpOptions(true));
        return commandLine.setExecutionExceptionHandler((failure, at, parsed) -> {
            if (failure instanceof JobException meant) {
                at.getErr().println(meant.getMessage());
                return meant.exitCode().code();
            }
            if (failure instanceof IllegalArgumentException wrong) {
                at.getErr().println("An option does not fit: " + wrong.getMessage());
                return ExitCode.USAGE.code();
            }
            throw failure;
        });
    }
}
