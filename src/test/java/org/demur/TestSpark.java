package org.demur;

import org.apache.spark.sql.SparkSession;
import org.demur.runtime.SparkSessions;

/** One Spark session for all tests of this process, with two task slots and four attempts per task. */
public final class TestSpark {
    private TestSpark() {}

    /** The session, started at the first call. */
    public static SparkSession session() {
        return Holder.SESSION;
    }

    private static final class Holder {
        static final SparkSession SESSION = SparkSessions.start("local[2,4]", 1);
    }
}
