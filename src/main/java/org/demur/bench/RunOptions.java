package org.demur.bench;

import java.io.PrintWriter;
import org.demur.engine.MemoryBudget;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of every benchmark of the language model. */
final class RunOptions {
    private static final String EMBEDDED = "classpath:/org/demur/embedded/";

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--model",
            paramLabel = "PATH",
            defaultValue = EMBEDDED + "demur-tiny-refuser.Q8_0.gguf",
            description = "Hugging Face folder or GGUF file; the embedded model by default.")
    private String model;

    @Option(
            names = "--prompts",
            paramLabel = "FILE",
            defaultValue = EMBEDDED + "prompts/harmless_train.jsonl",
            description = "JSON Lines with a field prompt; those of the embedded model by default.")
    private String prompts;

    @Option(names = "--threads", defaultValue = "2", description = "Threads in all (${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--runs", defaultValue = "5", description = "Timed rounds (${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--warm-ups", defaultValue = "1", description = "Rounds before them (${DEFAULT-VALUE}).")
    private int warmUps;

    @Option(
            names = "--budget-mib",
            defaultValue = "1024",
            description = "Native memory for the temporaries of a call, MiB (${DEFAULT-VALUE}).")
    private long budget_MiB;

    String model() {
        return model;
    }

    String prompts() {
        return prompts;
    }

    int threads() {
        return threads;
    }

    MemoryBudget budget() {
        return new MemoryBudget(budget_MiB << 20);
    }

    Rounds rounds() {
        return new Rounds(warmUps, runs);
    }

    PrintWriter out() {
        return command.commandLine().getOut();
    }
}
