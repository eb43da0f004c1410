package org.demur.study;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of Demur that this process runs. */
public final class CodeVersion {
    private CodeVersion() {}

    /** As the build wrote it. */
    public static String text() {
        Properties properties = new Properties();
        try (InputStream in = CodeVersion.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the version", e);
        }
        return properties.getProperty("version");
    }
}
