package org.demur.attribution;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.cells.PromptSample;
import org.demur.cells.PromptShard;
import org.demur.cells.SelectedDirection;
import org.demur.cells.StageJob;
import org.demur.cells.StudyPrompt;
import org.demur.config.CanonicalJson;
import org.demur.edit.FeatureSlice;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;
import org.demur.sae.Sae;
import org.demur.schema.Table;

/**
 * Finds the SAE features through which the refusal direction acts: candidates by cosine, scores by linear integrated
 * gradients between the clean and the ablated stream, feature sets by mean score, and random sets as controls. Publishes
 * {@code attributions} and {@code feature_sets}.
 */
public final class AttributeStage implements Stage {
    private static final String LAYER_PREFIX = "layer=";

    private final AttributionSettings settings;

    /** A stage with these settings. */
    public AttributeStage(AttributionSettings settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "attribute";
    }

    @Override
    public int version() {
        return 2;
    }

    @Override
    public String parametersJson() {
        return CanonicalJson.of(settings);
    }

    @Override
    public List<String> inputs() {
        return List.of("prompts", "train", "direction");
    }

    @Override
    public void execute(StageContext context) {
        SelectedDirection direction =
                SelectedDirection.read(context.warehouse().read(Table.DIRECTIONS, context.input("direction")));
        Path saes = context.warehouse().files("saes", context.input("train"));
        Map<Integer, Sae> saesByLayer = readAll(saes);
        List<CandidateFeature> candidates = new ArrayList<>();
        Map<Integer, FeatureSlice> slices = new TreeMap<>();
        saesByLayer.forEach((layer, sae) -> {
            List<CandidateFeature> ofLayer =
                    CosineCandidates.top(layer, sae.w_dec_FD(), direction.vector_D(), settings.candidatesPerLayer());
            candidates.addAll(ofLayer);
            slices.put(
                    layer,
                    sae.slice(
                            ofLayer.stream().mapToInt(CandidateFeature::feature).toArray()));
        });
        AttributionPlan plan = new AttributionPlan(
                context.model(),
                slices,
                saes.toString(),
                direction,
                settings.modes(),
                settings.steps(),
                settings.classes(),
                settings.work().maxTokensPerBatch());
        Attributions result = new Attributions(candidates, run(context, plan));
        new AttributionTables(context, settings, direction, result).publish(saesByLayer);
    }

    private List<ShardAttribution> run(StageContext context, AttributionPlan plan) {
        List<StudyPrompt> prompts = PromptSample.draw(context, settings.sets(), settings.maxPrompts(), "attribution");
        List<PromptShard> shards = PromptShard.split(prompts, settings.work().shards());
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(context.spark().sparkContext());
        Broadcast<AttributionPlan> broadcast = spark.broadcast(plan);
        int units = prompts.size() * settings.modes().size();
        try {
            return new StageJob("attribute: integrated gradients", units, "prompts")
                    .collect(context, counter -> spark.parallelize(shards, shards.size())
                            .map(new AttributionTask(broadcast, counter)));
        } finally {
            broadcast.destroy();
        }
    }

    private static Map<Integer, Sae> readAll(Path folder) {
        Map<Integer, Sae> byLayer = new TreeMap<>();
        try (Stream<Path> entries = Files.list(folder)) {
            entries.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith(LAYER_PREFIX))
                    .map(name -> Integer.parseInt(name.substring(LAYER_PREFIX.length())))
                    .forEach(layer -> byLayer.put(layer, Sae.read(folder.resolve(LAYER_PREFIX + layer))));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot list " + folder, e);
        }
        if (byLayer.isEmpty()) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "No SAE in " + folder,
                    "The training run published none.",
                    "Run the train stage with at least one layer.");
        }
        return byLayer;
    }
}
