package org.demur.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.demur.sae.WorkCrew;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** New tokens a second of plain greedy decoding, the prompts' own pass included. */
@Command(name = "generate", description = "Answers prompts greedily.")
final class GenerateBenchmark implements Runnable {
    @Mixin
    private RunOptions options;

    @Mixin
    private TaskOptions tasks;

    @Option(names = "--count", defaultValue = "64", description = "Prompts (${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--new", defaultValue = "64", description = "New tokens of each (${DEFAULT-VALUE}).")
    private int newTokens;

    @Option(names = "--batch", defaultValue = "32", description = "Rows that decode together (${DEFAULT-VALUE}).")
    private int batch;

    @Override
    public void run() {
        try (LoadedModel loaded = LoadedModel.load(options, tasks.nativeThreads(options), count);
                WorkCrew crew = tasks.crew()) {
            Decoding decoding = new Decoding(loaded, batch, crew);
            Map<String, Runnable> works = new LinkedHashMap<>();
            works.put("prefill", () -> decoding.answers(List.of(), 1));
            works.put("whole", () -> decoding.answers(List.of(), newTokens));
            Map<String, Timings> timings = options.rounds().time(works);
            int rows = loaded.prompts().size();
            double prefill_s = timings.get("prefill").wall_s().median();
            double decode_s = timings.get("whole").wall_s().median() - prefill_s;
            Report.of("generate", options, loaded)
                    .with("tasks", tasks.tasks())
                    .with("prompts", rows)
                    .with("prompt_tokens", loaded.tokens())
                    .with("new_tokens", newTokens)
                    .with("batch", batch)
                    .withAll(timings.get("whole").figures((long) rows * newTokens))
                    .with("prefill_s", prefill_s)
                    .with("decode_tokens_per_s", rows * (newTokens - 1) / Math.max(1e-9, decode_s))
                    .print(options.out(), line(loaded, timings.get("whole")));
        }
    }

    private String line(LoadedModel loaded, Timings whole) {
        return String.format(
                Locale.ROOT,
                "generate: %s, %d prompts, %d new tokens each, batch %d: %s new tokens/s",
                loaded.name(),
                loaded.prompts().size(),
                newTokens,
                batch,
                Report.text(whole.rate((double) loaded.prompts().size() * newTokens)));
    }
}
