package org.demur.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.types.StructType;

/**
 * The tables of the warehouse. The columns of each are defined by {@code data-schema/<table>/v<version>.ddl}, which is
 * read from the class path; the run that wrote a row is its partition folder and not a column here.
 */
public enum Table {
    PROMPTS,
    ACTIVATIONS("layer"),
    ACTIVATION_STATS,
    SAE_TRAINING,
    CROSSCODER_FEATURES,
    SAE_METRICS,
    SAE_DISTRIBUTIONS,
    SAE_PROBES,
    FEATURES,
    DIRECTIONS,
    DIRECTION_STABILITY,
    ATTRIBUTIONS,
    FEATURE_SETS,
    RANKING_AGREEMENT,
    TUNING,
    COMPLETIONS,
    JUDGEMENTS,
    SCORES,
    JUDGE_RATES,
    JUDGE_AGREEMENT,
    FLUENCY,
    SWEEP_SUMMARY,
    METHOD_COMPARISON,
    CAPABILITY_ITEMS,
    CAPABILITY,
    OVER_REFUSAL,
    RUNS,
    QUARANTINE;

    private final List<String> partitionColumns;
    private final int version;
    private final StructType schema;

    Table(String... partitionColumns) {
        this.partitionColumns = List.of(partitionColumns);
        this.version = 1;
        this.schema = StructType.fromDDL(ddl(sqlName(), version));
    }

    /** Name in SQL and folder in the warehouse. */
    public String sqlName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Version of the columns; a manifest with another one is refused. */
    public int version() {
        return version;
    }

    /** The columns in order, each with its comment; includes the partition columns. */
    public StructType schema() {
        return schema;
    }

    /** Columns that are folders inside a run and therefore absent from the files. */
    public List<String> partitionColumns() {
        return partitionColumns;
    }

    private static String ddl(String table, int version) {
        String resource = "/data-schema/" + table + "/v" + version + ".ddl";
        try (InputStream in = Table.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("Missing resource " + resource);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read resource " + resource, e);
        }
    }
}
