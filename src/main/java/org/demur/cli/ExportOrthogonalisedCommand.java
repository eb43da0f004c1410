package org.demur.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.demur.ExitCode;
import org.demur.cells.SelectedDirection;
import org.demur.model.HfFolderWriter;
import org.demur.model.ModelBundle;
import org.demur.model.Orthogonalisation;
import org.demur.runtime.ModelSource;
import org.demur.runtime.SparkSessions;
import org.demur.schema.Table;
import org.demur.study.StudyPlan;
import org.demur.table.Catalog;
import org.demur.table.Warehouse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code export-orthogonalised}: the model of a study without its refusal direction. */
@Command(
        name = "export-orthogonalised",
        description = {
            "Writes the model of a job file as a Hugging Face folder whose weights no longer write the refusal direction",
            "that its direction stage selected: equal to ablating it after the embedding and after every block's halves.",
            "Models that normalise what a block writes (Gemma 2 and 3) are refused."
        },
        footer = {
            "",
            "Example:",
            "  demur export-orthogonalised --conf jobs/refusal-smollm2.conf --to exported/unrefusing"
        })
final class ExportOrthogonalisedCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private JobOptions job;

    @Option(names = "--to", required = true, paramLabel = "FOLDER", description = "New folder to write.")
    private Path out;

    @Override
    public Integer call() {
        StudyPlan plan = new Console(spec.commandLine()).plan(job.config());
        StudyPlan.PlannedStage stage = plan.stage("direction");
        Catalog catalog = new Catalog(plan.config().warehouse(), new Configuration());
        // Fails before Spark starts where the stage has not run.
        catalog.manifest(Table.DIRECTIONS, stage.run());
        Warehouse warehouse = new Warehouse(
                SparkSessions.start(
                        plan.config().master(), plan.model().compute().nativeThreads()),
                catalog);
        SelectedDirection direction = SelectedDirection.read(warehouse.read(Table.DIRECTIONS, stage.run()));
        try (ModelBundle bundle =
                ModelSource.open(plan.model().path(), plan.model().adapters())) {
            NewFolder.fill(
                    out, folder -> HfFolderWriter.write(bundle, new Orthogonalisation(direction.vector_D()), folder));
        }
        PrintWriter console = spec.commandLine().getOut();
        console.println("direction of layer " + direction.layer() + ", position " + direction.position()
                + ", removed -> " + out);
        console.flush();
        return ExitCode.OK.code();
    }
}
