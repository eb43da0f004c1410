package org.demur.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.demur.ExitCode;
import org.demur.JobException;

/**
 * Reads a job file: settings given on the command line come first, then the file, then {@code reference.conf}.
 * Neither environment variables nor system properties are substituted, so the file says everything.
 */
public final class JobFile {
    private JobFile() {}

    /**
     * The resolved settings.
     *
     * @param overrides {@code path=value} in HOCON, the last one wins
     */
    public static ConfigSection read(Path file, List<String> overrides) {
        if (!Files.isRegularFile(file)) {
            throw new JobException(
                    ExitCode.USAGE,
                    "Job file " + file + " does not exist",
                    "the path is relative to the folder where the command was started",
                    "give an existing file with --conf");
        }
        try {
            Config config = ConfigFactory.parseFile(
                            file.toFile(),
                            ConfigParseOptions.defaults().setAllowMissing(false).setIncluder(LocalIncludes.create()))
                    .withFallback(ConfigFactory.parseResources(JobFile.class.getClassLoader(), "reference.conf"));
            for (String override : overrides) {
                config = parsed(override).withFallback(config);
            }
            return ConfigSection.root(config.resolve(ConfigResolveOptions.noSystem()));
        } catch (ConfigException e) {
            throw new JobException(
                    ExitCode.USAGE,
                    "Job file " + file + " cannot be read: " + e.getMessage(),
                    "it is not valid HOCON, or a substitution has no value",
                    "correct the line named above",
                    e);
        }
    }

    private static Config parsed(String override) {
        if (override.indexOf('=') < 1) {
            throw new JobException(
                    ExitCode.USAGE,
                    "Option --set " + override + " is not path=value",
                    "a setting and its value are separated by the first equals sign",
                    "write for example --set extract.shards=4");
        }
        return ConfigFactory.parseString(override, ConfigParseOptions.defaults().setOriginDescription("--set"));
    }
}
