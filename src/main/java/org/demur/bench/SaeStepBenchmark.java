package org.demur.bench;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.demur.engine.NativeProduct;
import org.demur.runtime.NativeSettings;
import org.demur.sae.WorkCrew;
import org.demur.sae.train.AdamOptimiser;
import org.demur.sae.train.Auxiliary;
import org.demur.sae.train.Collective;
import org.demur.sae.train.EncoderProducts;
import org.demur.sae.train.LossScale;
import org.demur.sae.train.Objective;
import org.demur.sae.train.RowOptimiser;
import org.demur.sae.train.SaeShape;
import org.demur.sae.train.ScheduleFreeOptimiser;
import org.demur.sae.train.ShardBatch;
import org.demur.sae.train.SignOptimiser;
import org.demur.sae.train.TopK;
import org.demur.sae.train.TrainingStep;
import org.demur.sae.train.TrainingWeights;

/**
 * Times one training step of a TopK dictionary beside the encoder's matrix product alone: the same product, chunks and
 * threads, interleaved in one process. Prints the medians of wall time and of processor time of all threads, which is the one
 * to read while other processes are busy, and their ratios.
 *
 * <p>Arguments, all optional: threads, rounds, optimiser, rows, width, features, k.
 */
public final class SaeStepBenchmark {
    private static final String[] DEFAULTS = {"2", "9", "schedule-free", "4096", "768", "12288", "32"};
    private static final int WARM_UP_ROUNDS = 3;
    private static final int SHARDS = 2;
    private static final String PRODUCT = "product";
    private static final String STEP = "step";

    private final Shape shape;
    private final RowOptimiser optimiser;

    private SaeStepBenchmark(Shape shape, RowOptimiser optimiser) {
        this.shape = shape;
        this.optimiser = optimiser;
    }

    private record Shape(int threads, int rounds, int rows, int width, int features, int k) {}

    /** Runs the benchmark. */
    public static void main(String[] args) {
        String[] given = DEFAULTS.clone();
        System.arraycopy(args, 0, given, 0, args.length);
        int[] n = IntStream.range(0, given.length)
                .map(i -> i == 2 ? 0 : Integer.parseInt(given[i]))
                .toArray();
        NativeSettings.apply(1);
        new SaeStepBenchmark(new Shape(n[0], n[1], n[3], n[4], n[5], n[6]), optimiser(given[2])).run(System.out);
    }

    private static RowOptimiser optimiser(String name) {
        return switch (name) {
            case "adam" -> AdamOptimiser.standard();
            case "signum" -> SignOptimiser.standard();
            case "schedule-free" -> ScheduleFreeOptimiser.standard();
            default -> throw new IllegalArgumentException("No optimiser " + name);
        };
    }

    private void run(PrintStream out) {
        try (WorkCrew crew = new WorkCrew(shape.threads());
                TrainingWeights weights = new TrainingWeights(
                        SaeShape.of(shape.features(), shape.width(), TopK.of(shape.k())), NativeProduct::new)) {
            Objective objective = new Objective(
                    TopK.of(shape.k()), Auxiliary.none(), Objective.InputBias.DECODER, Objective.DecoderNorm.ONE, 0);
            var layout = ShardBatch.Layout.of(weights, objective);
            List<ShardBatch> shards = List.of(noise(1, layout), noise(2, layout));
            weights.initialise(3, new float[shape.width()]);
            var model = TrainingStep.Model.begin(
                    objective, weights, new TrainingStep.Start(optimiser, Long.MAX_VALUE, 0, 1));
            var loss = new LossScale(1, shape.rows(), shape.width(), SHARDS);
            AtomicInteger steps = new AtomicInteger();
            try (TrainingStep training = new TrainingStep(model, loss, Collective.alone(), crew);
                    ProductAlone alone = new ProductAlone(weights, shape.rows(), crew)) {
                Map<String, Runnable> works = new LinkedHashMap<>();
                works.put(PRODUCT, alone);
                works.put(STEP, () -> training.run(shards, new RowOptimiser.Step(steps.incrementAndGet(), 1e-4, 0.1)));
                report(out, new Rounds(WARM_UP_ROUNDS, shape.rounds()).time(works));
            }
        }
    }

    private ShardBatch noise(long seed, ShardBatch.Layout layout) {
        ShardBatch batch = new ShardBatch(shape.rows() / SHARDS, layout);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < batch.bits_BI().length; i++) {
            batch.bits_BI()[i] = (short) (Float.floatToRawIntBits((float) random.nextGaussian()) >>> 16);
        }
        return batch;
    }

    private void report(PrintStream out, Map<String, Timings> timings) {
        Timings product = timings.get(PRODUCT);
        Timings step = timings.get(STEP);
        double productWall_s = product.wall_s().median();
        double stepWall_s = step.wall_s().median();
        double productProcessor_s = product.processor_s().median();
        double stepProcessor_s = step.processor_s().median();
        out.printf(Locale.ROOT, "%s, %s, median of %d%n", shape, optimiser, shape.rounds());
        out.printf(
                Locale.ROOT,
                "wall:      encoder product %.1f ms, training step %.1f ms, ratio %.3f, %.0f rows/s%n",
                productWall_s * 1000,
                stepWall_s * 1000,
                stepWall_s / productWall_s,
                shape.rows() / stepWall_s);
        out.printf(
                Locale.ROOT,
                "processor: encoder product %.1f ms, training step %.1f ms, ratio %.3f%n",
                productProcessor_s * 1000,
                stepProcessor_s * 1000,
                stepProcessor_s / productProcessor_s);
    }

    /** The encoder's product over all rows, in the chunks of the step. */
    private static final class ProductAlone implements Runnable, AutoCloseable {
        private final int chunks;
        private final WorkCrew crew;
        private final int chunkRows;
        private final EncoderProducts.Chunk[] buffers;
        private final float[] x;

        ProductAlone(TrainingWeights weights, int rows, WorkCrew crew) {
            this.chunkRows = weights.encoder().chunkRows();
            this.chunks = rows / chunkRows;
            this.crew = crew;
            this.x = new float[chunkRows * weights.shape().input()];
            Arrays.fill(x, 1);
            this.buffers = IntStream.range(0, crew.threads())
                    .mapToObj(slot -> weights.encoder().chunk())
                    .toArray(EncoderProducts.Chunk[]::new);
        }

        @Override
        public void run() {
            crew.run(chunks, (part, slot) -> buffers[slot].multiply(x, 0, chunkRows));
        }

        @Override
        public void close() {
            for (EncoderProducts.Chunk buffer : buffers) {
                buffer.close();
            }
        }
    }
}
