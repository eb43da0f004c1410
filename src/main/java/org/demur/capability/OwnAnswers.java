package org.demur.capability;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.demur.cells.PartFile;
import org.demur.cells.StageJob;
import org.demur.config.CanonicalJson;
import org.demur.engine.Generation;
import org.demur.engine.GenerationPlan;
import org.demur.engine.LanguageModel;
import org.demur.engine.ModelSpec;
import org.demur.losses.ScoredText;
import org.demur.prompts.TokenClass;
import org.demur.runtime.ModelRegistry;
import org.demur.runtime.StageContext;

/** Lets the untouched model answer harmless prompts, greedily and once, so that its own answers can be scored. */
final class OwnAnswers {
    private final StageContext context;
    private final CapabilitySettings.Work work;

    OwnAnswers(StageContext context, CapabilitySettings.Work work) {
        this.context = context;
        this.work = work;
    }

    /** Some prompts, answered by one task. */
    private record Batch(String document, int number, List<Passage> prompts) implements Serializable {
        PartFile file(Path scratch) {
            return PartFile.of(scratch, "own answers of " + document, number);
        }
    }

    /** The tokens of an answer, without the stop token. */
    private record Answer(int[] tokens) {}

    /** The texts of an entry of kind on_policy, those with an empty answer left out. */
    List<ScoredText> texts(DocumentSettings settings, List<Documents.Source> sources, Path scratch) {
        List<Batch> batches = new ArrayList<>();
        for (int from = 0; from < sources.size(); from += work.itemsPerTask()) {
            int to = Math.min(sources.size(), from + work.itemsPerTask());
            List<Passage> prompts = sources.subList(from, to).stream()
                    .map(Documents.Source::passage)
                    .toList();
            batches.add(new Batch(settings.name(), batches.size(), List.copyOf(prompts)));
        }
        List<String> files = answer(settings, batches, scratch, sources.size());
        List<ScoredText> texts = new ArrayList<>();
        List<int[]> answers =
                files.stream().flatMap(file -> read(Path.of(file)).stream()).toList();
        for (int i = 0; i < sources.size(); i++) {
            Documents.Source source = sources.get(i);
            Passage answered = source.passage().answered(answers.get(i));
            if (answers.get(i).length > 0) {
                texts.add(ScoredText.of(
                        source.setName(), source.id(), answered.tokenIds(), answered.classes(), TokenClass.RESPONSE));
            }
        }
        return texts;
    }

    private List<String> answer(DocumentSettings settings, List<Batch> batches, Path scratch, int total) {
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(context.spark().sparkContext());
        ModelSpec spec = context.model();
        int newTokens = settings.newTokens();
        int rowsAtOnce = work.rowsAtOnce();
        String folder = scratch.toString();
        return new StageJob("capability: the model's own answers", total, "answers")
                .collect(context, finished -> spark.parallelize(batches, batches.size())
                        .map(batch -> {
                            PartFile file = batch.file(Path.of(folder));
                            if (!file.isDone()) {
                                file.write(answers(ModelRegistry.model(spec), batch, newTokens, rowsAtOnce));
                            }
                            count(finished, batch);
                            return file.path().toString();
                        }));
    }

    private static void count(LongAccumulator finished, Batch batch) {
        finished.add(batch.prompts().size());
    }

    private static List<Answer> answers(LanguageModel model, Batch batch, int newTokens, int rowsAtOnce) {
        List<Generation> generations = model.generate(
                batch.prompts().stream()
                        .map(prompt -> prompt.sequence(List.of()))
                        .toList(),
                new GenerationPlan(newTokens, model.turnEnds(), rowsAtOnce));
        return generations.stream()
                .map(generation -> new Answer(generation.tokenIds()))
                .toList();
    }

    private static List<int[]> read(Path file) {
        try {
            return Files.readAllLines(file).stream()
                    .map(line -> tokens(CanonicalJson.parse(line).path("tokens")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    private static int[] tokens(JsonNode list) {
        return IntStream.range(0, list.size()).map(i -> list.get(i).asInt()).toArray();
    }
}
