package org.demur.training;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.demur.corpus.SampleOrder;
import org.demur.corpus.UnitTable;
import org.demur.edit.HookPoint;
import org.demur.engine.NativeProduct;
import org.demur.rows.RowFilter;
import org.demur.rows.RowInput;
import org.demur.rows.RowOrigin;
import org.demur.runtime.NativeSettings;
import org.demur.sae.HeldOutPrompts;
import org.demur.sae.WorkCrew;
import org.demur.sae.train.Collective;

/** A process that trains and publishes a dictionary of rows of width {@value #WIDTH}, and says how much memory it had at its peak. */
final class TrainingMemory {
    static final int WIDTH = 576;

    private static final int THREADS = 2;

    private TrainingMemory() {}

    /** Arguments: folder, settings, file of activations. Prints the peak of the resident memory in KiB. */
    public static void main(String[] arguments) throws IOException {
        NativeSettings.apply(1);
        Path folder = Path.of(arguments[0]);
        TrainSettings settings = LayerTrainingSparkTest.settings(arguments[1]);
        RowInput input = new RowInput(
                HookPoint.residPost(5),
                WIDTH,
                List.of(arguments[2]),
                new RowFilter(1e9, List.of("bos"), new HeldOutPrompts(1, 0)),
                new RowInput.Corpus(
                        UnitTable.of(List.of()),
                        new RowOrigin.Stored(),
                        new RowInput.Sampling(
                                new SampleOrder(1), settings.rows().sampleRows())));
        LayerJob job = new LayerJob(
                new LayerJob.Rows(input, new Beside.Nothing()),
                settings,
                settings.variants().all().get(0),
                settings.mode().mode().orElseThrow(),
                new LayerJob.Seeds(99, 99),
                new LayerJob.Folders(
                        "digest",
                        folder.resolve("checkpoints").toString(),
                        folder.resolve("sae").toString()),
                Map.of());
        try (WorkCrew crew = new WorkCrew(THREADS)) {
            LayerTraining.run(job, Collective.alone(), crew, NativeProduct::new, done -> {});
        }
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .forEach(line -> out.println("peak " + line.replaceAll("\\D", "")));
    }
}
