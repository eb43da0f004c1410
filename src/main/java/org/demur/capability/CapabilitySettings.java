package org.demur.capability;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.demur.cells.HeldOutRule;
import org.demur.cells.PromptUses;
import org.demur.config.CanonicalJson;
import org.demur.config.ConfigSection;

/**
 * The section {@code capability} of a job file.
 *
 * @param cells which interventions are measured
 * @param benchmarks with right and wrong answers
 * @param documents whose prediction is measured
 * @param overRefusalSets prompt sets of the sweep that hold harmless prompts which look harmful, beside harmful ones
 * @param measures how documents are measured, and intervals drawn
 * @param work how the work is cut
 * @param quarantineLimit bad benchmark rows that a run may have
 * @param heldOut which prompts may not be evaluated
 * @param turnDate the date that chat templates see, ISO 8601
 */
public record CapabilitySettings(
        List<CellRule> cells,
        List<BenchmarkSettings> benchmarks,
        List<DocumentSettings> documents,
        List<String> overRefusalSets,
        Measures measures,
        Work work,
        int quarantineLimit,
        HeldOutRule heldOut,
        String turnDate) {

    /**
     * @param divergencePositions of a document at which whole distributions are compared, at most
     * @param faithfulBatch documents of a batch in the published cross-entropy
     * @param resamples behind an interval
     */
    public record Measures(int divergencePositions, int faithfulBatch, int resamples) {}

    /**
     * @param itemsPerTask items that one task measures
     * @param cellsPerTask interventions that it measures them under
     * @param rowsAtOnce answers that grow side by side
     * @param maxTokensPerBatch tokens in one forward pass
     */
    public record Work(int itemsPerTask, int cellsPerTask, int rowsAtOnce, int maxTokensPerBatch) {}

    /** Reads the section; every key has a default in {@code defaults/capability.conf}. */
    public static CapabilitySettings from(ConfigSection section, PromptUses uses, String turnDate) {
        CapabilitySettings settings = new CapabilitySettings(
                section.sections("cells").stream().map(CellRule::from).toList(),
                section.sections("benchmarks").stream()
                        .map(BenchmarkSettings::from)
                        .toList(),
                section.sections("documents").stream()
                        .map(DocumentSettings::from)
                        .toList(),
                section.strings("over-refusal-sets"),
                new Measures(
                        section.integer("divergence-positions"),
                        section.positive("faithful-batch"),
                        section.positive("bootstrap-resamples")),
                new Work(
                        section.positive("items-per-task"),
                        section.positive("cells-per-task"),
                        section.positive("rows-at-once"),
                        section.positive("max-tokens-per-batch")),
                section.integer("quarantine-limit"),
                HeldOutRule.from(section, uses),
                turnDate);
        settings.names().forEach(name -> {
            if (settings.names().filter(name::equals).count() > 1) {
                throw section.invalid("benchmarks", "two entries are named " + name, "give each its own name");
            }
        });
        return settings;
    }

    /** Whether anything is to be measured. */
    boolean isEmpty() {
        return benchmarks.isEmpty() && documents.isEmpty();
    }

    /** Everything that decides the output; folders do not, since file contents are digested. */
    String canonicalJson() {
        Map<String, Object> json = new TreeMap<>();
        json.put("cells", cells);
        json.put(
                "benchmarks",
                benchmarks.stream().map(CapabilitySettings::describe).toList());
        json.put("documents", documents);
        json.put("overRefusalSets", overRefusalSets);
        json.put("measures", measures);
        json.put("work", work);
        json.put("heldOut", heldOut);
        json.put("turnDate", turnDate);
        return CanonicalJson.of(json);
    }

    private Stream<String> names() {
        return Stream.concat(
                benchmarks.stream().map(BenchmarkSettings::name),
                documents.stream().map(DocumentSettings::name));
    }

    private static Map<String, Object> describe(BenchmarkSettings benchmark) {
        return Map.of(
                "name", benchmark.name(),
                "kind", benchmark.kind(),
                "file", benchmark.path().getFileName().toString(),
                "limit", benchmark.limit(),
                "shots", benchmark.shots(),
                "examples",
                        benchmark
                                .examples()
                                .map(path -> path.getFileName().toString())
                                .orElse(""),
                "maxNewTokens", benchmark.maxNewTokens());
    }
}
