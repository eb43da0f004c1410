package org.demur.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.demur.edit.HookPoint;
import org.demur.engine.NativeProduct;
import org.demur.runtime.NativeSettings;
import org.demur.sae.Sae;
import org.demur.sae.WorkCrew;
import org.demur.sae.train.Beginnings;
import org.demur.sae.train.Collective;
import org.demur.sae.train.LossScale;
import org.demur.sae.train.Recipe;
import org.demur.sae.train.SaeShape;
import org.demur.sae.train.SampleFacts;
import org.demur.sae.train.Schedule;
import org.demur.sae.train.ShardBatch;
import org.demur.sae.train.TrainedSae;
import org.demur.sae.train.TrainingStep;
import org.demur.sae.train.TrainingWeights;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Trains a dictionary on the rows of a matrix in file order and says how fast, and how good it is on other rows. A rate counts all
 * that happens between two minibatches except reading them.
 */
@Command(
        name = "sae-train",
        description = "Trains a dictionary on rows of an .npy file; rate, FVU, L0 and dead features on others.")
final class SaeTrainBenchmark implements Runnable {
    private static final int WARM_UP_STEPS = 2;
    private static final int SAMPLE_ROWS = 8192;

    @Spec
    private CommandSpec command;

    @Mixin
    private RecipeOptions options;

    @Option(names = "--rows", required = true, paramLabel = "FILE", description = "fp32 matrix to train on.")
    private Path rows;

    @Option(names = "--held-out", paramLabel = "FILE", description = "fp32 matrix to evaluate on.")
    private Path heldOut;

    @Option(names = "--batch", defaultValue = "4096", description = "Rows of a minibatch (${DEFAULT-VALUE}).")
    private int batchRows;

    @Option(names = "--shards", defaultValue = "1", description = "Shards of a minibatch (${DEFAULT-VALUE}).")
    private int shards;

    @Option(names = "--tokens", defaultValue = "40960", description = "Rows to train on in all (${DEFAULT-VALUE}).")
    private long tokens;

    @Option(names = "--threads", defaultValue = "2", description = "Java threads (${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--runs", defaultValue = "3", description = "Runs, each from the start (${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--seed", defaultValue = "0", description = "Seed of the first weights (${DEFAULT-VALUE}).")
    private long seed;

    @Override
    public void run() {
        NativeSettings.apply(1);
        try (NpyRows source = NpyRows.open(rows);
                WorkCrew crew = new WorkCrew(threads)) {
            Recipe recipe = options.recipe(source.width());
            List<Run> done = new ArrayList<>();
            for (int run = 0; run < runs; run++) {
                done.add(train(recipe, source, crew));
            }
            report(recipe, done);
        }
    }

    /** Figures of a run; {@code sae} is what it ended with. */
    private record Run(double tokensPerS, double step_ms, double all_s, Sae sae) {}

    private Run train(Recipe recipe, NpyRows source, WorkCrew crew) {
        int steps = (int) (tokens / batchRows);
        float[] buffer = new float[Math.max(SAMPLE_ROWS, batchRows / shards) * source.width()];
        int sampled = Math.min(SAMPLE_ROWS, source.rows());
        source.read(0, sampled, buffer);
        float[] sampleRows = Arrays.copyOf(buffer, sampled * source.width());
        long start = System.nanoTime();
        SampleFacts sample = SampleFacts.of(
                sampleRows, source.width(), recipe.beginning().scaling(), meanNorm(sampleRows, source.width()));
        SaeShape shape = SaeShape.of(
                recipe.features(), source.width(), recipe.objective().architecture());
        try (TrainingWeights weights = new TrainingWeights(shape, NativeProduct::new)) {
            Beginnings.fill(weights, recipe, sample, seed, crew);
            var model = TrainingStep.Model.begin(
                    recipe.objective(),
                    weights,
                    new TrainingStep.Start(recipe.optimisation().rule().optimiser(), recipe.deadAfter(tokens), 0, 1));
            double unit = options.conventions().inUnitsOfVariance() ? sample.variance() : 1;
            LossScale loss = new LossScale(sample.inputScale(), batchRows, unit, shards);
            List<ShardBatch> batches = batches(ShardBatch.Layout.of(weights, recipe.objective()));
            Schedule schedule = recipe.schedule(steps);
            double[] seconds = new double[steps];
            double before_s = seconds(start);
            try (TrainingStep step = new TrainingStep(model, loss, Collective.alone(), crew)) {
                for (int number = 1; number <= steps; number++) {
                    load(source, batches, number - 1, buffer);
                    long began = System.nanoTime();
                    TrainingStep.Outcome outcome = step.run(batches, schedule.at(number));
                    seconds[number - 1] = seconds(began);
                    trace(number, outcome, sample, recipe);
                }
                long began = System.nanoTime();
                step.finish();
                Sae sae = new TrainedSae(weights, recipe.objective()).publish(HookPoint.residPost(0), sample, crew);
                return result(seconds, before_s + seconds(began), sae);
            }
        }
    }

    private List<ShardBatch> batches(ShardBatch.Layout layout) {
        return IntStream.range(0, shards)
                .mapToObj(shard -> new ShardBatch(batchRows / shards, layout))
                .toList();
    }

    private void trace(int number, TrainingStep.Outcome outcome, SampleFacts sample, Recipe recipe) {
        if (options.isVerbose()) {
            command.commandLine()
                    .getErr()
                    .printf(
                            Locale.ROOT,
                            "%d fvu %.4f l0 %.2f dead %.4f losses %s%n",
                            number,
                            outcome.squaredError() / sample.variance(),
                            outcome.l0(),
                            outcome.deadFraction(),
                            outcome.losses());
        }
    }

    private Run result(double[] seconds, double around_s, Sae sae) {
        int warm = Math.min(WARM_UP_STEPS, seconds.length - 1);
        double counted = IntStream.range(warm, seconds.length)
                .mapToDouble(i -> seconds[i])
                .sum();
        double all =
                IntStream.range(0, seconds.length).mapToDouble(i -> seconds[i]).sum();
        double[] sorted = Arrays.stream(seconds, warm, seconds.length).sorted().toArray();
        return new Run(
                batchRows * (seconds.length - warm) / counted, sorted[sorted.length / 2] * 1000, all + around_s, sae);
    }

    private void load(NpyRows source, List<ShardBatch> batches, int step, float[] buffer) {
        int perEpoch = source.rows() / batchRows;
        for (int shard = 0; shard < batches.size(); shard++) {
            ShardBatch batch = batches.get(shard);
            source.read(step % perEpoch * batchRows + shard * batch.rows(), batch.rows(), buffer);
            short[] bits = batch.bits_BI();
            for (int i = 0; i < bits.length; i++) {
                bits[i] = roundedToBf16(buffer[i]);
            }
        }
    }

    /** To nearest, ties to even. */
    private static short roundedToBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    private static double meanNorm(float[] x_ND, int d) {
        double sum = 0;
        for (int at = 0; at < x_ND.length; at += d) {
            double square = 0;
            for (int c = 0; c < d; c++) {
                square += (double) x_ND[at + c] * x_ND[at + c];
            }
            sum += Math.sqrt(square);
        }
        return sum / (x_ND.length / d);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private void report(Recipe recipe, List<Run> done) {
        Spread rate = Spread.of(done.stream().mapToDouble(Run::tokensPerS).toArray());
        Map<String, Object> quality = new LinkedHashMap<>();
        if (heldOut != null) {
            try (NpyRows others = NpyRows.open(heldOut)) {
                quality = HeldOutFigures.of(done.get(done.size() - 1).sae(), others);
            }
        }
        Report.plain("sae_train")
                .with("lib", "demur")
                .with("arch", recipe.objective().architecture().label())
                .with("conventions", options.conventions().toString())
                .with("F", recipe.features())
                .with("k", options.k())
                .with("batch", batchRows)
                .with("tokens", tokens / batchRows * batchRows)
                .with("optimizer", recipe.optimisation().rule().toString())
                .with("lr", recipe.peakRate())
                .with("threads", threads)
                .with("tokens_per_s", rate)
                .with(
                        "step_ms",
                        Spread.of(done.stream().mapToDouble(Run::step_ms).toArray()))
                .with("fit_s", Spread.of(done.stream().mapToDouble(Run::all_s).toArray()))
                .withAll(quality)
                .print(
                        command.commandLine().getOut(),
                        String.format(
                                Locale.ROOT,
                                "sae-train: %s, F %d: %s tokens/s %s",
                                recipe.objective().architecture().label(),
                                recipe.features(),
                                Report.text(rate),
                                quality));
    }
}
