package org.demur.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.demur.config.CanonicalJson;
import org.demur.config.ConfigSection;
import org.demur.config.JobFile;
import org.demur.study.StudyConfig;
import picocli.CommandLine.Option;

/** Options of every command that takes a job file. */
final class JobOptions {
    @Option(names = "--conf", required = true, paramLabel = "FILE", description = "Job file (HOCON).")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Overrides a setting of the job file; may be given more than once.")
    private List<String> settings = new ArrayList<>();

    @Option(names = "--warehouse", paramLabel = "DIR", description = "Overrides study.warehouse.")
    private Optional<String> warehouse = Optional.empty();

    @Option(
            names = "--native-threads",
            paramLabel = "N",
            description = "Overrides model.native-threads: threads of the tensor library per task.")
    private Optional<Integer> nativeThreads = Optional.empty();

    /** The job file as a whole. */
    StudyConfig config() {
        return StudyConfig.from(section());
    }

    /** What a stage and those before it need. */
    StudyConfig configUpTo(String stage) {
        return StudyConfig.upTo(stage, section());
    }

    private ConfigSection section() {
        List<String> overrides = new ArrayList<>(settings);
        warehouse.ifPresent(folder -> overrides.add("study.warehouse=" + CanonicalJson.of(folder)));
        nativeThreads.ifPresent(threads -> overrides.add("model.native-threads=" + threads));
        return JobFile.read(file, overrides);
    }
}
