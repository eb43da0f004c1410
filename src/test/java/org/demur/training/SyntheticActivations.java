package org.demur.training;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.TestSpark;
import org.demur.schema.Table;
import org.demur.schema.VectorDtype;
import org.demur.table.RunId;
import org.demur.table.Warehouse;

/** Activations that are sparse sums of known directions, published as the extract stage would. */
final class SyntheticActivations {
    static final RunId RUN = RunId.of("{\"synthetic\":1}");
    static final RunId SECOND = RunId.of("{\"synthetic\":2}");
    static final int WIDTH = 32;
    static final int PROMPTS = 40;
    static final int POSITIONS = 30;

    private static final int DIRECTIONS = 64;

    private SyntheticActivations() {}

    /** Publishes activations and their statistics for the layers, in files cut for {@code partitions} tasks. */
    static void publish(Warehouse warehouse, List<Integer> layers, int partitions) {
        publish(warehouse, layers, partitions, VectorDtype.BF16);
    }

    /** The same with vectors of another dtype. */
    static void publish(Warehouse warehouse, List<Integer> layers, int partitions, VectorDtype dtype) {
        List<Row> rows = new ArrayList<>();
        List<Row> statistics = new ArrayList<>();
        for (int layer : layers) {
            rows.addAll(layer(layer, dtype));
            statistics.add(statistics(layer, "resid_post"));
        }
        publish(warehouse, rows, statistics, partitions);
    }

    /** The same and a second point, at which every vector is the first one's in reverse order, halved. */
    static void publishPairs(Warehouse warehouse, int layer, int partitions) {
        List<Row> rows = new ArrayList<>();
        for (Row row : layer(layer, VectorDtype.BF16)) {
            rows.add(row);
            Object[] values =
                    IntStream.range(0, row.length()).mapToObj(row::get).toArray();
            float[] x = VectorDtype.BF16.decode((byte[]) values[9]);
            float[] y = new float[WIDTH];
            for (int c = 0; c < WIDTH; c++) {
                y[c] = x[WIDTH - 1 - c] / 2;
            }
            values[1] = "mlp_out";
            values[9] = VectorDtype.BF16.encode(y, 0, WIDTH);
            rows.add(RowFactory.create(values));
        }
        publish(warehouse, rows, List.of(statistics(layer, "resid_post"), statistics(layer, "mlp_out")), partitions);
    }

    /** Another run, of a model that lacks half of the directions and has the others' elements in reverse order. */
    static void publishSecond(Warehouse warehouse, int layer, int tokenId) {
        List<Row> rows = new ArrayList<>();
        for (Row row : layer(layer, VectorDtype.BF16, DIRECTIONS / 2)) {
            Object[] values =
                    IntStream.range(0, row.length()).mapToObj(row::get).toArray();
            float[] x = VectorDtype.BF16.decode((byte[]) values[9]);
            float[] y = new float[WIDTH];
            for (int c = 0; c < WIDTH; c++) {
                y[c] = x[WIDTH - 1 - c];
            }
            values[6] = tokenId;
            values[9] = VectorDtype.BF16.encode(y, 0, WIDTH);
            rows.add(RowFactory.create(values));
        }
        publish(warehouse, SECOND, rows, List.of(statistics(layer, "resid_post")), 2);
    }

    private static Row statistics(int layer, String hook) {
        return RowFactory.create(layer, hook, "all", 1200L, 3.0, 1.0, 3.0, 5.0, 9.0, 0L, new Float[WIDTH]);
    }

    private static void publish(Warehouse warehouse, List<Row> rows, List<Row> statistics, int partitions) {
        publish(warehouse, RUN, rows, statistics, partitions);
    }

    private static void publish(Warehouse warehouse, RunId run, List<Row> rows, List<Row> statistics, int partitions) {
        Dataset<Row> frame = TestSpark.session()
                .createDataFrame(rows, Table.ACTIVATIONS.schema())
                .repartition(partitions);
        warehouse.publish(Table.ACTIVATIONS, run, frame);
        warehouse.publish(
                Table.ACTIVATION_STATS,
                run,
                TestSpark.session().createDataFrame(filled(statistics), Table.ACTIVATION_STATS.schema()));
    }

    private static List<Row> filled(List<Row> statistics) {
        List<Float> mean = IntStream.range(0, WIDTH).mapToObj(c -> 0.5f).toList();
        return statistics.stream()
                .map(row -> {
                    Object[] values =
                            IntStream.range(0, row.length()).mapToObj(row::get).toArray();
                    values[values.length - 1] = mean;
                    return RowFactory.create(values);
                })
                .toList();
    }

    private static List<Row> layer(int layer, VectorDtype dtype) {
        return layer(layer, dtype, DIRECTIONS);
    }

    /** Directions from {@code known} on add nothing. */
    private static List<Row> layer(int layer, VectorDtype dtype, int known) {
        float[][] directions = new float[DIRECTIONS][];
        for (int j = 0; j < DIRECTIONS; j++) {
            directions[j] = noise(new SplittableRandom(1000L * layer + j));
        }
        List<Row> rows = new ArrayList<>();
        for (int prompt = 0; prompt < PROMPTS; prompt++) {
            for (int position = 0; position < POSITIONS; position++) {
                SplittableRandom random = new SplittableRandom(77L * layer + 1000L * prompt + position);
                float[] x = new float[WIDTH];
                for (int term = 0; term < 3; term++) {
                    int chosen = random.nextInt(DIRECTIONS);
                    float[] direction = directions[chosen];
                    float height = 0.5f + (float) random.nextDouble();
                    for (int c = 0; c < WIDTH; c++) {
                        x[c] += chosen < known ? 0.1f + height * direction[c] : 0.1f;
                    }
                }
                rows.add(row(layer, prompt, position, x, dtype));
            }
        }
        return rows;
    }

    static Row row(int layer, int prompt, int position, float[] x, VectorDtype dtype) {
        double square = 0;
        for (float value : x) {
            square += value * value;
        }
        String tokenClass = position == 0 ? "bos" : "content";
        float norm = prompt == 3 && position == 5 ? 1e6f : (float) Math.sqrt(square);
        byte[] vector = dtype.encode(x, 0, x.length);
        return RowFactory.create(
                layer,
                "resid_post",
                "set",
                "p" + prompt,
                "chat",
                position,
                7,
                tokenClass,
                norm,
                vector,
                dtype.sqlName(),
                x.length);
    }

    private static float[] noise(SplittableRandom random) {
        float[] values = new float[WIDTH];
        for (int c = 0; c < WIDTH; c++) {
            values[c] = (float) (random.nextGaussian() / Math.sqrt(WIDTH));
        }
        return values;
    }
}
