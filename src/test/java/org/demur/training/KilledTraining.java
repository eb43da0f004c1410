package org.demur.training;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.demur.corpus.SampleOrder;
import org.demur.corpus.UnitTable;
import org.demur.edit.HookPoint;
import org.demur.rows.RowFilter;
import org.demur.rows.RowInput;
import org.demur.rows.RowOrigin;
import org.demur.sae.HeldOutPrompts;
import org.demur.sae.LaneProduct;
import org.demur.sae.WorkCrew;
import org.demur.sae.train.Collective;

/**
 * A process that trains until it is done or killed. Prints a line after every step, and waits a little so that whoever reads
 * can kill it at a step.
 */
final class KilledTraining {
    private static final long PAUSE_MILLIS = 3;

    private KilledTraining() {}

    /** A job whose checkpoints and dictionary lie below {@code folder}. */
    static LayerJob job(Path folder, TrainSettings settings, List<String> files) {
        RowInput input = new RowInput(
                HookPoint.residPost(5),
                SyntheticActivations.WIDTH,
                files,
                new RowFilter(30, List.of("bos"), new HeldOutPrompts(1, 0.1)),
                new RowInput.Corpus(
                        UnitTable.of(List.of()),
                        new RowOrigin.Stored(),
                        new RowInput.Sampling(
                                new SampleOrder(1), settings.rows().sampleRows())));
        return new LayerJob(
                input,
                settings,
                settings.variants().all().get(0),
                settings.mode().mode().orElseThrow(),
                new LayerJob.Seeds(99, 99),
                new LayerJob.Folders(
                        "digest " + settings.json(),
                        folder.resolve("checkpoints").toString(),
                        folder.resolve("sae").toString()),
                Map.of("run", "r1"));
    }

    /** Arguments: folder, settings, files of activations. */
    public static void main(String[] arguments) {
        TrainSettings settings = LayerTrainingSparkTest.settings(arguments[1]);
        LayerJob job = job(Path.of(arguments[0]), settings, List.of(arguments).subList(2, arguments.length));
        long[] rows = new long[1];
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        try (WorkCrew crew = new WorkCrew(1)) {
            LayerTraining.run(job, Collective.alone(), crew, LaneProduct::new, done -> {
                rows[0] += done;
                out.println("step " + rows[0] / settings.batches().rows());
                pause();
            });
        }
        out.println("done");
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
