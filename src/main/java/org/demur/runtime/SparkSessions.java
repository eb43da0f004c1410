package org.demur.runtime;

import java.io.File;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import org.demur.schema.VectorDtype;

/**
 * Makes Spark sessions: one embedded in this process, or the one that {@code spark-submit} prepared, whose master,
 * memory and cores are then left alone. Both get the settings that right results need, and the SQL function
 * {@code demur_vector(vector, dtype)}.
 */
public final class SparkSessions {
    private static final String VECTOR_FUNCTION = "demur_vector";

    private SparkSessions() {}

    /** Whether {@code spark-submit} started this process. */
    public static boolean isSubmitted() {
        return System.getProperty("spark.master") != null;
    }

    /**
     * A session of this process, unless it was submitted.
     *
     * @param master such as {@code local[2,4]} (two task slots, four attempts) or {@code local-cluster[2,1,2048]}; not
     *     used in a submitted process
     * @param nativeThreads threads of the tensor library per task
     */
    public static SparkSession start(String master, int nativeThreads) {
        SparkSession.Builder builder = SparkSession.builder().appName("demur");
        Map<String, String> settings = new LinkedHashMap<>();
        if (!isSubmitted()) {
            builder.master(master);
            settings.putAll(embedded());
        }
        settings.putAll(correctness());
        settings.putAll(executors(nativeThreads));
        settings.forEach(builder::config);
        SparkSession spark = builder.getOrCreate();
        registerFunctions(spark);
        return spark;
    }

    /** Ends the session of this process, if there is one. */
    public static void stop() {
        if (SparkSession.getDefaultSession().isDefined()) {
            SparkSession.getDefaultSession().get().stop();
        }
    }

    /** Adds the SQL functions of Demur to a session. */
    public static void registerFunctions(SparkSession spark) {
        if (spark.catalog().functionExists(VECTOR_FUNCTION)) {
            return;
        }
        UDF2<byte[], String, float[]> decode = SparkSessions::decode;
        spark.udf().register(VECTOR_FUNCTION, decode, DataTypes.createArrayType(DataTypes.FloatType, false));
    }

    private static float[] decode(byte[] vector, String dtype) {
        return vector == null ? null : VectorDtype.of(dtype).decode(vector);
    }

    /** Settings without which results could be wrong or differ between machines. */
    private static Map<String, String> correctness() {
        return Map.of(
                "spark.sql.session.timeZone", "UTC",
                "spark.sql.files.ignoreCorruptFiles", "false",
                "spark.sql.files.ignoreMissingFiles", "false",
                "spark.sql.sources.partitionColumnTypeInference.enabled", "false",
                "spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS",
                // Rows of several layers arrive interleaved; without open writers per layer Spark would sort them all.
                "spark.sql.maxConcurrentOutputFileWriters", "64",
                "spark.sql.parquet.compression.codec", "zstd");
    }

    /** A quiet session that listens on the loopback interface only. */
    private static Map<String, String> embedded() {
        return Map.of(
                "spark.ui.enabled", "false",
                "spark.driver.host", "127.0.0.1",
                "spark.driver.bindAddress", "127.0.0.1",
                "spark.sql.shuffle.partitions", "8",
                "spark.driver.maxResultSize", "4g",
                "spark.executor.heartbeatInterval", "2s",
                "spark.executor.extraClassPath", ownClassPath());
    }

    /** Executor processes need the same native settings as this one, or their sums differ in the last bits. */
    private static Map<String, String> executors(int nativeThreads) {
        String given = System.getProperty("spark.executor.extraJavaOptions", "");
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(
                "spark.executor.extraJavaOptions",
                (given + " " + String.join(" ", NativeSettings.javaOptions(nativeThreads))).strip());
        NativeSettings.environment(nativeThreads)
                .forEach((name, value) -> settings.put("spark.executorEnv." + name, value));
        return settings;
    }

    /** Class folders and the job jar; all other jars are in the Spark home. */
    private static String ownClassPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(File::new)
                .filter(entry -> entry.isDirectory() || entry.getName().startsWith("demur"))
                .map(File::getAbsolutePath)
                .collect(Collectors.joining(File.pathSeparator));
    }
}
