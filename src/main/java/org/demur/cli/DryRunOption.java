package org.demur.cli;

import picocli.CommandLine.Option;

/** Of commands that run stages. */
final class DryRunOption {
    @Option(names = "--dry-run", description = "Prints the stages with their run ids and runs nothing.")
    private boolean isDryRun;

    boolean isDryRun() {
        return isDryRun;
    }
}
