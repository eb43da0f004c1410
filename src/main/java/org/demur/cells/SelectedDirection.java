package org.demur.cells;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.edit.Edit;
import org.demur.edit.HookPoint;

/**
 * The refusal direction that the direction stage chose.
 *
 * @param layer block after which it was found
 * @param position token position it was found at, negative from the end of the prompt
 * @param vector_D difference in means, not normalised
 * @param nLayers blocks of the model
 * @param ablateSites sites of every block at which it is removed
 * @param refusalTokens first tokens by which the model refuses, strongest first
 */
public record SelectedDirection(
        int layer, int position, float[] vector_D, int nLayers, List<String> ablateSites, int[] refusalTokens)
        implements Serializable {

    /** Reads the one selected row of the table {@code directions}. */
    public static SelectedDirection read(Dataset<Row> directions) {
        List<Row> selected = directions
                .where("status = 'selected'")
                .select("layer", "position", "vector", "ablate_sites", "refusal_tokens")
                .collectAsList();
        if (selected.size() != 1) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    "The table directions holds " + selected.size() + " selected rows, one is needed",
                    "It was not written by this version's direction stage.",
                    "Run the direction stage again.");
        }
        Row row = selected.get(0);
        int nLayers = directions.selectExpr("max(layer)").head().getInt(0) + 1;
        List<Float> values = row.getList(2);
        float[] vector_D = new float[values.size()];
        for (int i = 0; i < vector_D.length; i++) {
            vector_D[i] = values.get(i);
        }
        int[] tokens =
                row.<Integer>getList(4).stream().mapToInt(Integer::intValue).toArray();
        return new SelectedDirection(row.getInt(0), row.getInt(1), vector_D, nLayers, row.getList(3), tokens);
    }

    /** Removes the direction at every block. */
    public Edit ablation() {
        return new Edit.AblateDirection(AblationSites.points(ablateSites, nLayers), unit(vector_D));
    }

    /** Adds {@code coefficient} times the raw difference in means after the block where it was found. */
    public Edit addition(double coefficient) {
        return new Edit.AddDirection(HookPoint.residPost(layer), vector_D, (float) coefficient);
    }

    /** The vector divided by its length, computed in float64. */
    public static float[] unit(float[] vector_D) {
        double norm = norm(vector_D);
        float[] unit_D = new float[vector_D.length];
        for (int i = 0; i < unit_D.length; i++) {
            unit_D[i] = (float) (vector_D[i] / norm);
        }
        return unit_D;
    }

    /** Euclidean length, summed in float64. */
    public static double norm(float[] vector_D) {
        double sum = 0;
        for (float value : vector_D) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }
}
