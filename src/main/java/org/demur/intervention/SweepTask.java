package org.demur.intervention;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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

/** Generates the completions of one part, unless an earlier run of the job has left them in the scratch folder. */
record SweepTask(
        ModelSpec spec, Broadcast<CellEdits> edits, String scratch, GenerationLimits limits, LongAccumulator finished)
        implements Function<SweepPart, String> {

    @Override
    public String call(SweepPart part) {
        Path folder = Path.of(scratch);
        if (!part.isDone(folder)) {
            part.write(folder, generate(part));
        }
        finished.add(part.shard().prompts().size());
        return part.file(folder).toString();
    }

    private List<CompletionRow> generate(SweepPart part) {
        LanguageModel model = ModelRegistry.model(spec);
        List<StudyPrompt> prompts = part.shard().prompts();
        List<TokenSequence> sequences = prompts.stream()
                .map(prompt ->
                        new TokenSequence(prompt.tokenIds(), edits.value().edits(part.cell(), prompt.promptId())))
                .toList();
        Set<Integer> stops = model.turnEnds();
        List<Generation> generations =
                model.generate(sequences, new GenerationPlan(limits.maxNewTokens(), stops, limits.rows()));
        List<CompletionRow> rows = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            rows.add(row(part.cell(), prompts.get(i), generations.get(i), model));
        }
        return rows;
    }

    private static CompletionRow row(Cell cell, StudyPrompt prompt, Generation generation, LanguageModel model) {
        return new CompletionRow(
                cell.cellId(),
                cell.setName(),
                prompt.promptId(),
                cell.method(),
                cell.kind().editsFeatures() ? cell.featureSet() : null,
                cell.nFeatures(),
                cell.kind().takesCoefficient() ? cell.coefficient() : null,
                model.tokenizer().decode(generation.tokenIds()),
                generation.tokenIds(),
                generation.tokenIds().length,
                generation.finish().name().toLowerCase(Locale.ROOT));
    }
}
