package org.demur.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.config.CanonicalJson;
import org.demur.edit.HookPoint;
import org.demur.model.FileDigest;
import org.demur.rows.RowInput;
import org.demur.rows.RowRequest;
import org.demur.rows.ShardRange;
import org.demur.runtime.JobGroup;
import org.demur.runtime.Stage;
import org.demur.runtime.StageContext;
import org.demur.sae.Sae;
import org.demur.sae.format.ImportOptions;
import org.demur.sae.format.ImportedSae;
import org.demur.sae.format.SaeFormats;
import org.demur.schema.Table;

/**
 * The train stage of a job file with {@code train.import}: publishes dictionaries of files in place of trained ones. Each is
 * measured on a sample of the rows that training would see; that is its only row of the table {@code sae_training}, step 0.
 */
public final class ImportStage implements Stage {
    private final TrainSettings settings;
    private final List<Path> sources;

    /** A stage that publishes the dictionaries at these paths. */
    public ImportStage(TrainSettings settings, List<String> sources) {
        this.settings = settings;
        this.sources = sources.stream().map(Path::of).toList();
    }

    @Override
    public String name() {
        return "train";
    }

    @Override
    public int version() {
        return 1;
    }

    /** Contents count and not where they lie. */
    @Override
    public String parametersJson() {
        return CanonicalJson.of(Map.of(
                "import",
                sources.size(),
                "held-out-fraction",
                settings.rows().heldOutFraction(),
                "outlier-multiple",
                settings.rows().outlierMultiple(),
                "exclude-classes",
                settings.rows().excludedClasses(),
                "row-dtype",
                settings.storage().dtype().sqlName(),
                "sample-rows",
                settings.rows().sampleRows()));
    }

    @Override
    public List<String> inputs() {
        return List.of("extract");
    }

    @Override
    public Map<String, String> sourceDigests() {
        Map<String, String> digests = new TreeMap<>();
        for (int i = 0; i < sources.size(); i++) {
            Path source = sources.get(i);
            for (Path file : files(source)) {
                digests.put(
                        i + "/" + source.relativize(file), FileDigest.of(file).sha256());
            }
        }
        return digests;
    }

    private static List<Path> files(Path source) {
        try (Stream<Path> files = Files.walk(source)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    source + " cannot be read",
                    "train.import names a path that is missing or may not be read",
                    "write the folder that import-sae made",
                    e);
        }
    }

    @Override
    public void execute(StageContext context) {
        Path staged = context.warehouse().stageFiles("saes", context.run());
        List<ImportMeasure> measures = copied(context, staged);
        List<Row> rows = new ArrayList<>();
        try (JobGroup group = JobGroup.start(context, "import " + measures.size() + " dictionaries")) {
            JavaSparkContext.fromSparkContext(context.spark().sparkContext())
                    .parallelize(measures, measures.size())
                    .map(ImportMeasure::measure)
                    .collect()
                    .forEach(result -> rows.add(result.point().row(result.layer(), "layer=" + result.layer(), null)));
        }
        context.warehouse().publishFiles("saes", context.run(), staged);
        context.warehouse().publishRows(Table.SAE_TRAINING, context.run(), rows);
    }

    /** Reads every dictionary and writes it where it is published from. */
    private List<ImportMeasure> copied(StageContext context, Path staged) {
        LayerInputs inputs = new LayerInputs(context, settings);
        Map<HookPoint, Row> extracted = new HashMap<>();
        context.warehouse()
                .read(Table.ACTIVATION_STATS, context.input("extract"))
                .where("token_class = 'all'")
                .selectExpr("layer", "hook", "size(mean_vector)", "norm_p50")
                .collectAsList()
                .forEach(row -> extracted.put(LayerInputs.point(row), row));
        List<ImportMeasure> measures = new ArrayList<>();
        for (Path source : sources) {
            ImportedSae imported = SaeFormats.at(source).read(source, ImportOptions.NONE);
            Row layer = fitting(imported.sae(), source, extracted);
            RowInput input = inputs.of(LayerInputs.point(layer), layer.getInt(2), layer.getDouble(3));
            Path folder = staged.resolve("layer=" + imported.sae().layer());
            if (Files.exists(folder)) {
                throw refused(source, "is a second dictionary of layer " + layer.getInt(0), "one a layer can be used");
            }
            try {
                imported.sae().write(Files.createDirectories(folder), provenance(context, imported, input));
            } catch (IOException e) {
                throw new UncheckedIOException("Cannot write to " + folder, e);
            }
            measures.add(new ImportMeasure(request(context, input), folder.toString()));
        }
        return measures;
    }

    private static Row fitting(Sae sae, Path source, Map<HookPoint, Row> extracted) {
        if (sae.isTranscoder() || !sae.at().site().isStream()) {
            throw refused(source, "is no autoencoder of the residual stream", "stages read and edit the stream only");
        }
        Row layer = extracted.get(sae.at());
        if (layer == null) {
            throw refused(
                    source,
                    "reads " + sae.at().site().sqlName() + " of layer " + sae.layer() + ", which was not extracted",
                    "extract.layers and extract.hook leave it out, or it was imported for another point");
        }
        if (layer.getInt(2) != sae.d()) {
            throw refused(
                    source,
                    "has width " + sae.d() + ", but the model's stream has " + layer.getInt(2),
                    "it was trained on another model");
        }
        return layer;
    }

    private static JobException refused(Path source, String what, String why) {
        return new JobException(
                ExitCode.MISMATCH,
                source + ": " + what,
                why,
                "give train.import one dictionary for each point that extract reads");
    }

    private RowRequest request(StageContext context, RowInput input) {
        return new RowRequest(
                input,
                new RowRequest.Batches(1, 1, 1),
                context.seed().derive("train", input.point().layer()),
                ShardRange.of(1, 0, 1),
                settings.storage());
    }

    /** What the file said, and which rows count as held out and as outliers in later stages. */
    private Map<String, String> provenance(StageContext context, ImportedSae imported, RowInput input) {
        Map<String, String> provenance = new TreeMap<>(imported.origin());
        provenance.put("run", context.run().value());
        provenance.put("extract_run", context.input("extract").value());
        provenance.put("model_digest", context.model().digest());
        provenance.put("seed", Long.toString(context.seed().value()));
        provenance.put("excluded_classes", String.join(",", settings.rows().excludedClasses()));
        provenance.put("held_out_seed", Long.toString(input.filter().heldOut().seed()));
        provenance.put(
                "held_out_fraction", Double.toString(input.filter().heldOut().fraction()));
        provenance.put("largest_norm", Double.toString(input.filter().largestNorm()));
        return provenance;
    }
}
