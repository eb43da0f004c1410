package org.demur.bench;

import org.demur.sae.WorkCrew;
import picocli.CommandLine.Option;

/** How a benchmark shares its prompts out, as Spark would to the task slots of one process. */
final class TaskOptions {
    @Option(
            names = "--tasks",
            defaultValue = "2",
            description =
                    "Java threads that share the prompts, each with threads / tasks native ones (${DEFAULT-VALUE}).")
    private int tasks;

    int tasks() {
        return tasks;
    }

    int nativeThreads(RunOptions options) {
        return Math.max(1, options.threads() / Math.max(1, tasks));
    }

    WorkCrew crew() {
        return new WorkCrew(tasks);
    }
}
