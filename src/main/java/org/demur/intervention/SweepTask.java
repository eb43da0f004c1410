package org.demur.intervention;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.demur.cells.Cell;
import org.demur.cells.CellEdits;
import org.demur.cells.StudyPrompt;
import org.demur.engine.Generation;
import org.demur.engine.GenerationPlan;
import org.demur.engine.LanguageModel;
import org.demur.engine.ModelSpec;
import org.demur.engine.TokenSequence;
import org.demur.runtime.ModelRegistry;

/** Generates the completions of a batch, unless an earlier run of the job has left them all in the scratch folder. */
record SweepTask(
        ModelSpec spec, Broadcast<CellEdits> edits, String scratch, GenerationLimits limits, LongAccumulator finished)
        implements Function<SweepBatch, List<String>> {

    @Override
    public List<String> call(SweepBatch batch) {
        Path folder = Path.of(scratch);
        if (!batch.parts().stream().allMatch(part -> part.isDone(folder))) {
            generate(batch, folder);
        }
        batch.parts().forEach(part -> finished.add(part.shard().prompts().size()));
        return batch.parts().stream().map(part -> part.file(folder).toString()).toList();
    }

    private void generate(SweepBatch batch, Path folder) {
        LanguageModel model = ModelRegistry.model(spec);
        List<TokenSequence> sequences = new ArrayList<>();
        for (SweepPart part : batch.parts()) {
            part.shard()
                    .prompts()
                    .forEach(prompt ->
                            sequences.add(prompt.sequence(edits.value().edits(part.cell(), prompt.promptId()))));
        }
        GenerationPlan plan = limits.plan(model.turnEnds());
        Iterator<Generation> generations = model.generate(sequences, plan).iterator();
        for (SweepPart part : batch.parts()) {
            List<CompletionRow> rows = part.shard().prompts().stream()
                    .map(prompt -> row(part.cell(), prompt, generations.next(), plan, model))
                    .toList();
            if (!part.isDone(folder)) {
                part.write(folder, rows);
            }
        }
    }

    private static CompletionRow row(
            Cell cell, StudyPrompt prompt, Generation generation, GenerationPlan plan, LanguageModel model) {
        return new CompletionRow(
                cell.cellId(),
                cell.setName(),
                prompt.promptId(),
                cell.method(),
                cell.kind().editsFeatures() ? cell.featureSet() : null,
                cell.nFeatures(),
                cell.kind().takesCoefficient() ? cell.coefficient() : null,
                plan.untilStop(model.tokenizer().decode(generation.tokenIds())),
                generation.tokenIds(),
                generation.tokenIds().length,
                generation.finish().name().toLowerCase(Locale.ROOT),
                cell.intervention());
    }
}
