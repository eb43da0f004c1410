package org.demur;

import org.apache.spark.sql.SparkSession;
import org.demur.runtime.SparkSessions;

/** The Spark session of the tests of this process: two task slots, four attempts per task. */
public final class TestSpark {
    private static final String MASTER = "local[2,4]";

    private TestSpark() {}

    /** The session, started at the first call and again after {@link #restart}. */
    public static synchronized SparkSession session() {
        return SparkSessions.start(MASTER, 1);
    }

    /** Ends the session and starts one with another master; a process can have only one at a time. */
    public static synchronized SparkSession restart(String master) {
        session().stop();
        return SparkSessions.start(master, 1);
    }
}
