package org.demur.study;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.demur.config.ConfigSection;
import org.demur.engine.Compute;
import org.demur.engine.MemoryBudget;
import org.demur.engine.Placement;
import org.demur.hub.Network;
import org.demur.runtime.RunSeed;
import org.demur.runtime.Stage;

/**
 * A job file, read and checked as a whole before anything runs.
 *
 * @param name of the study
 * @param warehouse folder or URI of all tables
 * @param master Spark master of an embedded session
 * @param stages in the order in which they run
 */
public record StudyConfig(
        String name, String warehouse, String master, RunSeed seed, ModelSettings model, List<Stage> stages) {

    /**
     * The section {@code model}.
     *
     * @param path file, folder, {@code classpath:} name or {@code hf:} reference
     * @param network whether a model of the hub may be fetched
     * @param adapters folders of LoRA adapters
     * @param compute how tasks compute with it
     */
    public record ModelSettings(String path, Network network, List<String> adapters, Compute compute) {
        private static ModelSettings from(ConfigSection model) {
            return new ModelSettings(
                    model.string("path"),
                    model.flag("allow-network") ? Network.ALLOWED : Network.FORBIDDEN,
                    model.strings("adapters"),
                    new Compute(
                            choice(model, "device", Compute.Device.class),
                            choice(model, "weights", Placement.Weights.class),
                            model.positive("native-threads"),
                            new MemoryBudget(1_048_576L * model.positive("batch-memory-mib"))));
        }

        private static <E extends Enum<E>> E choice(ConfigSection model, String key, Class<E> values) {
            String text = model.string(key);
            return Stream.of(values.getEnumConstants())
                    .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(text))
                    .findFirst()
                    .orElseThrow(() -> model.invalid(
                            key,
                            "it is " + text,
                            "write one of "
                                    + Stream.of(values.getEnumConstants())
                                            .map(value -> value.name().toLowerCase(Locale.ROOT))
                                            .collect(Collectors.joining(", "))));
        }
    }

    /** A section for values that the job file itself refers to. */
    private static final String VARIABLES = "let";

    /** Reads all sections; fails on the first setting that is missing, wrong or unknown. */
    public static StudyConfig from(ConfigSection root) {
        return from(root, Optional.empty());
    }

    /** Reads what one stage and those before it need, which may lack prompt sets that only later ones use. */
    public static StudyConfig upTo(String stage, ConfigSection root) {
        return from(root, Optional.of(stage));
    }

    private static StudyConfig from(ConfigSection root, Optional<String> target) {
        ConfigSection study = root.section("study");
        ConfigSection model = root.section("model");
        Stages.names().forEach(root::section);
        root.section(VARIABLES);
        String turnDate = model.string("turn-date");
        if (!turnDate.matches("\\d{4}-\\d{2}-\\d{2}")) {
            throw model.invalid("turn-date", "it is not a date", "write for example \"2024-07-26\"");
        }
        StudyConfig config = new StudyConfig(
                study.string("name"),
                study.string("warehouse"),
                root.section("spark").string("master"),
                new RunSeed(study.longInteger("seed")),
                ModelSettings.from(model),
                Stages.of(root, turnDate, target));
        rejectUnknown(root, config.stages());
        return config;
    }

    /** Sections of stages that take no part are not read, so only the others can be checked. */
    private static void rejectUnknown(ConfigSection root, List<Stage> stages) {
        root.rejectUnknownNames();
        for (String section : List.of("study", "spark", "model", "prompts")) {
            root.section(section).rejectUnknown();
        }
        stages.forEach(stage -> root.section(stage.name()).rejectUnknown());
    }
}
