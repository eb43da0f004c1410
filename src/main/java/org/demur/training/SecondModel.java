package org.demur.training;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.corpus.ExtractionFacts;
import org.demur.edit.HookPoint;
import org.demur.runtime.StageContext;
import org.demur.schema.Table;
import org.demur.table.Manifest;
import org.demur.table.RunId;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** The activations that another model has for the prompts of a study: those of the second model of a crosscoder. */
final class SecondModel {
    private static final List<String> KEY = List.of("set_name", "prompt_id", "kind", "position");

    private final StageContext context;
    private final RunId run;
    private final Manifest activations;

    /** The activations of a run of the stage extract in the same warehouse. */
    SecondModel(StageContext context, RunId run) {
        this.context = context;
        this.run = run;
        this.activations = context.warehouse().manifest(Table.ACTIVATIONS, run);
    }

    /** The files of a layer. */
    List<String> files(HookPoint point) {
        return LayerInputs.ofLayer(LayerInputs.files(context, Table.ACTIVATIONS, activations), point);
    }

    /** Fails unless both models have stored vectors of one width for the same tokens at a point. */
    void requireFits(Manifest first, HookPoint point, int width) {
        for (Manifest each : List.of(first, activations)) {
            if (ExtractionFacts.of(each.facts())
                    .filter(ExtractionFacts::isPartial)
                    .isPresent()) {
                throw refused(
                        "run " + each.run() + " has stored a sample of its vectors only", "extract.vectors = all");
            }
        }
        long fitting = context.warehouse()
                .read(Table.ACTIVATION_STATS, run)
                .where(at(point))
                .where("token_class = 'all' AND size(mean_vector) = " + width)
                .count();
        if (fitting == 0) {
            throw refused("it has no vectors of width " + width + " at " + point, "extract.layers and hook as here");
        }
        long different = tokens(new RunId(first.run()), point, "token_id")
                .join(tokens(run, point, "other_id"), scalaKey())
                .where("token_id <> other_id")
                .count();
        if (different > 0) {
            throw refused(
                    different + " tokens at " + point + " are others than in the first model",
                    "a model of the same tokenizer and chat template");
        }
    }

    private static Column at(HookPoint point) {
        return col("layer")
                .equalTo(point.layer())
                .and(col("hook").equalTo(point.site().sqlName()));
    }

    private Dataset<Row> tokens(RunId of, HookPoint point, String name) {
        return context.warehouse()
                .read(Table.ACTIVATIONS, of)
                .where(at(point))
                .selectExpr("set_name", "prompt_id", "kind", "position", "token_id AS " + name);
    }

    private static Seq<String> scalaKey() {
        return CollectionConverters.asScala(KEY).toSeq();
    }

    private JobException refused(String what, String need) {
        return new JobException(
                ExitCode.MISMATCH,
                "train.second-extract " + run + ": " + what,
                "a crosscoder reads vectors of two models side by side, token by token",
                "run extract for the second model with " + need + ", on the same prompt sets");
    }
}
