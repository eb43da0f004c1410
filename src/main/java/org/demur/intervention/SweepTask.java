package org.demur.intervention;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.demur.cells.Cell;
import org.demur.cells.CellEdits;
import org.demur.cells.GrowingFile;
import org.demur.cells.PartFile;
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
        implements Function<SweepBatch, String> {

    @Override
    public String call(SweepBatch batch) {
        PartFile file = batch.file(Path.of(scratch));
        if (file.isDone()) {
            finished.add(batch.rows());
        } else {
            generate(batch, file);
        }
        return file.path().toString();
    }

    private void generate(SweepBatch batch, PartFile file) {
        LanguageModel model = ModelRegistry.model(spec);
        List<TokenSequence> sequences = new ArrayList<>();
        for (Cell cell : batch.cells()) {
            batch.prompts()
                    .forEach(prompt ->
                            sequences.add(prompt.sequence(edits.value().edits(cell, prompt.promptId()))));
        }
        GenerationPlan plan = limits.plan(model.turnEnds());
        CompletionRow[] rows = new CompletionRow[sequences.size()];
        try (GrowingFile growing = file.growing()) {
            model.generate(sequences, plan, (i, generation) -> {
                Cell cell = batch.cells().get(i / batch.prompts().size());
                StudyPrompt prompt = batch.prompts().get(i % batch.prompts().size());
                rows[i] = row(cell, prompt, generation, plan, model);
                growing.add(rows[i]);
                finished.add(1);
            });
        }
        file.write(Arrays.asList(rows));
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
