package org.demur.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.demur.engine.NativeProduct;
import org.demur.sae.AdamOptimiser;
import org.demur.sae.Collective;
import org.demur.sae.DeadLatents;
import org.demur.sae.MatrixProduct;
import org.demur.sae.OptimiserState;
import org.demur.sae.RowOptimiser;
import org.demur.sae.ScheduleFreeOptimiser;
import org.demur.sae.ShardBatch;
import org.demur.sae.SignOptimiser;
import org.demur.sae.StepShape;
import org.demur.sae.TokenPass;
import org.demur.sae.TrainingStep;
import org.demur.sae.TrainingWeights;
import org.demur.sae.WorkCrew;

/**
 * Times one training step of a TopK dictionary beside the encoder's matrix product alone, interleaved in one process, and
 * prints both medians and their ratio. Arguments: threads rounds optimiser rows width features k; defaults 2 9 adam 4096 768 12288
 * 32.
 */
public final class SaeStepBenchmark {
    private static final int WARM_UP_ROUNDS = 3;
    private static final int SHARDS = 2;

    private SaeStepBenchmark() {}

    /** Runs the benchmark. */
    public static void main(String[] args) {
        String[] given = Arrays.copyOf(args, 7);
        int threads = integer(given[0], 2);
        int rounds = integer(given[1], 9);
        RowOptimiser optimiser = optimiser(given[2] == null ? "adam" : given[2]);
        int rows = integer(given[3], 4096);
        int width = integer(given[4], 768);
        int features = integer(given[5], 12288);
        int k = integer(given[6], 32);
        try (WorkCrew crew = new WorkCrew(threads);
                TrainingWeights weights = new TrainingWeights(features, width, NativeProduct::new)) {
            List<ShardBatch> shards =
                    List.of(noise(rows / SHARDS, width, k, 1), noise(rows - rows / SHARDS, width, k, 2));
            weights.initialise(3, new float[width]);
            var model = new TrainingStep.Model(
                    weights,
                    new OptimiserState(optimiser, weights, 0, 1),
                    new float[optimiser.states()][width],
                    new DeadLatents(features, Long.MAX_VALUE));
            model.state().begin(weights);
            float slope = 2f / rows / width;
            var shape = new StepShape(rows / SHARDS, k, new TokenPass.LossScale(1, slope, 0, 0));
            double[] product = new double[rounds];
            double[] step = new double[rounds];
            try (TrainingStep training = new TrainingStep(model, shape, Collective.alone(), crew)) {
                for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
                    int number = round + WARM_UP_ROUNDS + 1;
                    double productMs = milliseconds(() -> product(weights.encoder(), rows, crew));
                    double stepMs =
                            milliseconds(() -> training.run(shards, new RowOptimiser.Step(number, 1e-4, 1.0 / number)));
                    if (round >= 0) {
                        product[round] = productMs;
                        step[round] = stepMs;
                    }
                }
            }
            report(product, step, rows);
        }
    }

    private static void product(MatrixProduct encoder, int rows, WorkCrew crew) {
        MatrixProduct.Chunk[] chunks = CHUNKS.get();
        if (chunks == null) {
            chunks = new MatrixProduct.Chunk[crew.threads()];
            Arrays.setAll(chunks, slot -> encoder.chunk(TokenPass.CHUNK_ROWS));
            CHUNKS.set(chunks);
        }
        MatrixProduct.Chunk[] own = chunks;
        crew.run(rows / TokenPass.CHUNK_ROWS, (part, slot) -> own[slot].multiply(TokenPass.CHUNK_ROWS));
    }

    private static final ThreadLocal<MatrixProduct.Chunk[]> CHUNKS = new ThreadLocal<>();

    private static ShardBatch noise(int rows, int width, int k, long seed) {
        ShardBatch batch = new ShardBatch(rows, width, k);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < batch.bits_BD().length; i++) {
            batch.bits_BD()[i] = (short) (Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16);
        }
        return batch;
    }

    private static RowOptimiser optimiser(String name) {
        return switch (name) {
            case "adam" -> AdamOptimiser.standard();
            case "signum" -> SignOptimiser.standard();
            case "schedule-free" -> ScheduleFreeOptimiser.standard();
            default -> throw new IllegalArgumentException("No optimiser " + name);
        };
    }

    private static int integer(String text, int fallback) {
        return text == null ? fallback : Integer.parseInt(text);
    }

    private static long cpu() {
        return Boolean.getBoolean("cpu")
                ? ((com.sun.management.OperatingSystemMXBean)
                                java.lang.management.ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                : System.nanoTime();
    }

    private static double milliseconds(Runnable work) {
        long start = cpu();
        work.run();
        return (cpu() - start) / 1e6;
    }

    private static void report(double[] product, double[] step, int rows) {
        System.out.println("product " + Arrays.toString(product));
        System.out.println("step    " + Arrays.toString(step));
        Arrays.sort(product);
        Arrays.sort(step);
        double productMs = product[product.length / 2];
        double stepMs = step[step.length / 2];
        System.out.printf(
                Locale.ROOT,
                "encoder product %.1f ms, training step %.1f ms, ratio %.3f, %.0f tokens/s, n = %d%n",
                productMs,
                stepMs,
                stepMs / productMs,
                rows / stepMs * 1000,
                step.length);
    }
}
