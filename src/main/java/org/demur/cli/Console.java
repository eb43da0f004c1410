package org.demur.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.demur.runtime.LogProgress;
import org.demur.runtime.NativeSettings;
import org.demur.runtime.Pace;
import org.demur.runtime.Progress;
import org.demur.runtime.SparkSessions;
import org.demur.study.StudyConfig;
import org.demur.study.StudyEvents;
import org.demur.study.StudyPlan;
import org.demur.study.StudyPlan.PlannedStage;
import org.demur.study.StudyRun;
import picocli.CommandLine;

/** Writes for the person who runs a study: one line per stage, progress in between, the result at the end. */
final class Console implements StudyEvents {
    private static final String REPORTS = "reports";
    private static final String HEADLINE = "headline.txt";

    private final PrintWriter out;
    private final PrintWriter err;
    private final Progress progress;

    Console(CommandLine commandLine) {
        out = commandLine.getOut();
        err = commandLine.getErr();
        progress = System.console() == null ? new LogProgress() : new TerminalProgress(err);
    }

    /** Plans what the job file says; a model that has to be fetched first shows its progress here. */
    StudyPlan plan(StudyConfig config) {
        return StudyPlan.of(config, progress);
    }

    /** Connects a plan to Spark and to this console; starts nothing yet. */
    StudyRun prepare(StudyPlan plan) {
        int threads = plan.model().compute().nativeThreads();
        NativeSettings.apply(threads);
        return new StudyRun(plan, () -> SparkSessions.start(plan.config().master(), threads), progress, this);
    }

    /** One line per stage with its run id and whether it is published. */
    void showPlan(StudyPlan plan, StudyRun run) {
        for (PlannedStage stage : plan.stages()) {
            line(stage, run.isPublished(stage) ? "published" : "to do");
        }
    }

    /** The headline of the report and where it lies; nothing when the study has no report. */
    void showResult(StudyPlan plan, StudyRun run) {
        plan.stages().stream()
                .filter(stage -> stage.stage().name().equals("report"))
                .forEach(report -> showReport(run.catalog().files(REPORTS, report.run())));
    }

    @Override
    public void skipped(PlannedStage stage) {
        line(stage, "published before");
    }

    @Override
    public void started(PlannedStage stage) {
        err.printf(Locale.ROOT, "%-10s %s  running%n", stage.stage().name(), stage.run());
        err.flush();
    }

    @Override
    public void published(PlannedStage stage, long rows, double seconds) {
        line(stage, String.format(Locale.ROOT, "ran, %,d rows in %s", rows, Pace.duration(seconds)));
    }

    private void showReport(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            out.println();
            if (Files.exists(folder.resolve(HEADLINE))) {
                out.print(Files.readString(folder.resolve(HEADLINE)));
            }
            files.filter(file -> file.toString().endsWith(".html")).forEach(report -> out.println("Report: " + report));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the report in " + folder, e);
        }
    }

    private void line(PlannedStage stage, String state) {
        out.printf(Locale.ROOT, "%-10s %s  %s%n", stage.stage().name(), stage.run(), state);
        out.flush();
    }
}
