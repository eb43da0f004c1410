package org.demur.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.demur.edit.HookPoint;
import org.demur.engine.ModelSpec;
import org.demur.engine.TokenSequence;
import org.demur.model.ModelBundle;
import org.demur.rows.MixingFigures;
import org.demur.rows.RowInput;
import org.demur.rows.RowOrigin;
import org.demur.rows.RowRequest;
import org.demur.rows.RowSink;
import org.demur.rows.RowStorage;
import org.demur.rows.ShardRange;
import org.demur.rows.TrainingRows;
import org.demur.runtime.ModelSource;
import org.demur.schema.VectorDtype;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Rows a second of the data path of training from the heap, from a scratch file and from the model, and how well its
 * minibatches are mixed. Heap and scratch file serve random vectors in units of sorted lengths; the model serves the prompts of
 * the options. Nothing is computed with the rows, so this is the most that training can be fed.
 */
@Command(name = "rows", description = "Streams training rows from the heap, a scratch file and the model.")
final class RowsBenchmark implements Runnable {
    private static final int SHARDS = 2;
    private static final long SEED = 17;

    @Mixin
    private RunOptions options;

    @Option(names = "--rows", defaultValue = "200000", description = "Stored rows (${DEFAULT-VALUE}).")
    private int rows;

    @Option(names = "--width", defaultValue = "576", description = "Values of a stored row (${DEFAULT-VALUE}).")
    private int width;

    @Option(names = "--batch-rows", defaultValue = "4096", description = "Rows of a minibatch (${DEFAULT-VALUE}).")
    private int batchRows;

    @Option(names = "--passes", defaultValue = "3", description = "Passes over stored rows (${DEFAULT-VALUE}).")
    private int passes;

    @Option(names = "--window", defaultValue = "0.2", description = "Small window, share of rows (${DEFAULT-VALUE}).")
    private double window;

    @Option(names = "--count", defaultValue = "128", description = "Prompts for the model (${DEFAULT-VALUE}).")
    private int count;

    @Option(
            names = "--layer",
            defaultValue = "2",
            description = "Block after which the model is read (${DEFAULT-VALUE}).")
    private int layer;

    @Option(names = "--batch-tokens", defaultValue = "2048", description = "Tokens of a unit (${DEFAULT-VALUE}).")
    private int batchTokens;

    private record Case(String name, RowInput input, RowRequest.Batches batches, RowStorage storage) {}

    private record Streamed(long rows, double open_s, double stream_s, double wait_s, MixingFigures mixing) {
        double rate() {
            return rows / stream_s;
        }

        Map<String, Object> figures(Case measured) {
            Map<String, Object> figures = new LinkedHashMap<>();
            figures.put("width", measured.input().width());
            figures.put("window_rows", measured.storage().windowRows());
            figures.put("rows", rows);
            figures.put("rows_per_s", rate());
            figures.put("open_s", open_s);
            figures.put("wait_s", wait_s);
            figures.put("mixing_prompts", mixing.prompts());
            figures.put("mixing_units", mixing.units());
            figures.put("mixing_entropy", mixing.entropy());
            figures.put("mixing_lag", mixing.lag());
            return figures;
        }
    }

    @Override
    public void run() {
        Path folder = temporary();
        try (LoadedModel loaded = LoadedModel.load(options, options.threads(), count)) {
            List<Case> cases = new ArrayList<>(stored(folder));
            cases.add(generated(loaded, folder));
            Map<String, Object> results = new LinkedHashMap<>();
            StringJoiner lines = new StringJoiner("; ", "rows: " + loaded.name() + ": ", "");
            for (Case measured : cases) {
                Streamed streamed = stream(measured, folder);
                results.put(measured.name(), streamed.figures(measured));
                lines.add(line(measured, streamed));
            }
            Report.of("rows", options, loaded)
                    .with("batch_rows", batchRows)
                    .with("results", results)
                    .print(options.out(), lines.toString());
        } finally {
            delete(folder);
        }
    }

    private List<Case> stored(Path folder) {
        RowCorpus random = RowCorpus.random(rows, batchTokens);
        Path vectors = random.writeRandom(folder.resolve("random.parquet"), width);
        RowInput input = random.input(HookPoint.residPost(layer), width, vectors, new RowOrigin.Stored());
        RowRequest.Batches batches = new RowRequest.Batches(batchRows, SHARDS, passes);
        int small = (int) (window * rows);
        return List.of(
                new Case("heap", input, batches, storage(rows, RowStorage.Place.HEAP)),
                new Case("spill", input, batches, storage(rows, RowStorage.Place.SPILL)),
                new Case("heap_small_window", input, batches, storage(small, RowStorage.Place.HEAP)),
                new Case("spill_small_window", input, batches, storage(small, RowStorage.Place.SPILL)));
    }

    private Case generated(LoadedModel loaded, Path folder) {
        RowCorpus corpus = new RowCorpus(
                loaded.prompts().stream().map(TokenSequence::tokenIds).toList(), batchTokens);
        HookPoint point = HookPoint.residPost(layer);
        Path vectors = corpus.writeComputed(folder.resolve("computed.parquet"), loaded.language(), point);
        Path prompts = folder.resolve("prompts.parquet");
        RowTables.prompts(prompts, corpus.prompts());
        try (ModelBundle bundle = ModelSource.open(options.model())) {
            ModelSpec model = new ModelSpec(options.model(), bundle.digest(), options.threads());
            RowOrigin origin = new RowOrigin.Generated(model, batchTokens, List.of(prompts.toString()));
            int all = (int) loaded.tokens();
            return new Case(
                    "model",
                    corpus.input(point, loaded.width(), vectors, origin),
                    new RowRequest.Batches(Math.min(batchRows, all / SHARDS * SHARDS), SHARDS, 1),
                    storage((int) (window * all), RowStorage.Place.AUTO));
        }
    }

    private static RowStorage storage(int window, RowStorage.Place place) {
        return new RowStorage(VectorDtype.BF16, window, Long.MAX_VALUE, place);
    }

    private static String line(Case measured, Streamed streamed) {
        return String.format(
                Locale.ROOT,
                "%s %.0f rows/s, entropy %.3f of uniform",
                measured.name(),
                streamed.rate(),
                streamed.mixing().entropy());
    }

    private static Streamed stream(Case measured, Path folder) {
        RowRequest request = new RowRequest(
                measured.input(), measured.batches(), SEED, new ShardRange(0, SHARDS), measured.storage());
        long start_ns = System.nanoTime();
        try (TrainingRows rows = TrainingRows.open(request, folder)) {
            long opened_ns = System.nanoTime();
            int shardRows = measured.batches().rows() / SHARDS;
            List<Discarded> sinks = Stream.generate(() -> new Discarded(
                            shardRows,
                            measured.input().width(),
                            new short[shardRows * measured.input().width()]))
                    .limit(SHARDS)
                    .toList();
            int steps = rows.facts().steps();
            for (int step = 0; step < steps; step++) {
                rows.load(step, sinks);
            }
            double stream_s = (System.nanoTime() - opened_ns) / 1e9;
            return new Streamed(
                    (long) steps * shardRows * SHARDS,
                    (opened_ns - start_ns) / 1e9,
                    stream_s,
                    rows.wait_s(),
                    rows.mixing());
        }
    }

    /** Takes rows as a batch of training would. */
    private record Discarded(int rows, int width, short[] bits_BD) implements RowSink {
        @Override
        public void put(int row, short[] bits, int at) {
            System.arraycopy(bits, at, bits_BD, row * width, width);
        }

        @Override
        public void put(int row, float[] values, int at) {
            throw new IllegalArgumentException("Rows are asked for in bfloat16");
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("demur-bench");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot use a temporary folder", e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot remove " + folder, e);
        }
    }
}
