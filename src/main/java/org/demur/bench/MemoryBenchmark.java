package org.demur.bench;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.demur.edit.HookPoint;
import org.demur.engine.ForwardPlan;
import org.demur.engine.GenerationPlan;
import org.demur.engine.GradientPlan;
import org.demur.engine.LanguageModel;
import org.demur.engine.NativeProduct;
import org.demur.engine.TokenSequence;
import org.demur.runtime.NativeSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Anonymous resident memory around loading a model and during batches of forward passes, gradients and decoding in turn,
 * and what grows between a settled batch and the last. Meant for a heap that is resident from the start, as
 * {@code jobs/bench} makes it; otherwise the heap's own growth is counted too.
 */
@Command(name = "memory", description = "Measures memory around loading a model and during mixed batches.")
final class MemoryBenchmark implements Runnable {
    private static final double MIB = 1 << 20;
    private static final int KINDS = 3;

    @Mixin
    private RunOptions options;

    @Option(names = "--count", defaultValue = "256", description = "Prompts to draw from (${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--batches", defaultValue = "200", description = "Batches (${DEFAULT-VALUE}).")
    private int batches;

    @Option(names = "--settled", defaultValue = "50", description = "Batches before growth counts (${DEFAULT-VALUE}).")
    private int settled;

    @Option(names = "--batch", defaultValue = "32", description = "Rows of a batch (${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--new", defaultValue = "16", description = "New tokens of decoded rows (${DEFAULT-VALUE}).")
    private int newTokens;

    /** Anonymous resident memory and live objects of the heap, bytes. */
    private record Reading(long anonymous, long heap) {
        static Reading now() {
            System.gc();
            return new Reading(
                    MemoryPeak.anonymous_bytes(),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
    }

    @Override
    public void run() {
        NativeSettings.apply(options.threads());
        new NativeProduct(64, 64).close();
        Reading before = Reading.now();
        try (LoadedModel loaded = LoadedModel.load(options, options.threads(), count)) {
            Reading afterLoad = Reading.now();
            Reading atSettled = afterLoad;
            long budget = options.budget().bytes();
            long peak;
            try (MemoryPeak watch = new MemoryPeak()) {
                for (int b = 0; b < batches; b++) {
                    work(loaded, b);
                    atSettled = b + 1 == settled ? Reading.now() : atSettled;
                }
                peak = watch.bytes();
            }
            Reading end = Reading.now();
            Map<String, Object> sizes = new LinkedHashMap<>();
            sizes.put("before_load", before.anonymous());
            sizes.put("after_load", afterLoad.anonymous());
            sizes.put("peak", peak);
            sizes.put("at_end", end.anonymous());
            sizes.put("weights", loaded.weight_bytes());
            sizes.put("batch_budget", budget);
            sizes.put("growth", end.anonymous() - atSettled.anonymous());
            sizes.put("heap_growth", end.heap() - atSettled.heap());
            report(loaded, sizes, (double) (peak - before.anonymous()) / (loaded.weight_bytes() + budget));
        }
    }

    private void work(LoadedModel loaded, int number) {
        List<TokenSequence> rows = new ArrayList<>();
        for (int i = 0; i < batch; i++) {
            rows.add(
                    loaded.prompts().get((number * batch + i) % loaded.prompts().size()));
        }
        LanguageModel language = loaded.language();
        Set<HookPoint> middle = Set.of(HookPoint.residPost(loaded.depth() / 2));
        switch (number % KINDS) {
            case 0 -> language.forward(rows, ForwardPlan.capture(middle).withLastLogits());
            case 1 -> {
                var metrics = Collections.nCopies(batch, new GradientPlan.LogitDifference(0, 1));
                language.gradients(rows, GradientPlan.of(middle, metrics));
            }
            default -> language.generate(rows, new GenerationPlan(newTokens, Set.of(), batch));
        }
    }

    private void report(LoadedModel loaded, Map<String, Object> sizes, double ratio) {
        Map<String, Object> mib = new LinkedHashMap<>();
        sizes.forEach((name, bytes) -> mib.put(name + "_mib", (Long) bytes / MIB));
        StringBuilder line =
                new StringBuilder(String.format(Locale.ROOT, "memory: %s, %d batches, MiB:", loaded.name(), batches));
        mib.forEach((name, size) -> line.append(String.format(Locale.ROOT, " %s %.1f,", name, (Double) size)));
        line.append(String.format(Locale.ROOT, " peak over weights and budget %.3f", ratio));
        Report.of("memory", options, loaded)
                .with("prompts", loaded.prompts().size())
                .with("batches", batches)
                .with("batch", batch)
                .withAll(mib)
                .with("ratio", ratio)
                .print(options.out(), line.toString());
    }
}
