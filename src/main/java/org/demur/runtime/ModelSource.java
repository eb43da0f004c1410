package org.demur.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.List;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.hub.HubModels;
import org.demur.hub.HubReference;
import org.demur.hub.Network;
import org.demur.model.ModelBundle;
import org.demur.table.Sha256;

/**
 * Finds the model of a job file: a file or folder, {@code classpath:NAME} for one that the job jar carries, or
 * {@code hf://owner/name@commit} for one in the local cache of the Hugging Face hub.
 */
public final class ModelSource {
    private static final String CLASSPATH = "classpath:";

    private ModelSource() {}

    /** Brings a model of the hub into this machine's cache; does nothing for other paths. Executors never do this. */
    public static void fetch(String path, Network network, Progress progress) {
        if (HubReference.isSpelledBy(path)) {
            HubModels.ofEnvironment().fetched(HubReference.parse(path), network, new FetchProgress(progress));
        }
    }

    /** Opens a model without adapters. */
    public static ModelBundle open(String path) {
        return open(path, List.of());
    }

    /** Opens the model with its adapters; uses no network, and fails with MISSING_INPUT when there is none at a path. */
    public static ModelBundle open(String path, List<String> adapters) {
        Path file = located(path);
        if (!Files.exists(file)) {
            throw missing(path);
        }
        return ModelBundle.open(file, adapters.stream().map(Path::of).toList());
    }

    private static Path located(String path) {
        if (path.startsWith(CLASSPATH)) {
            return unpack(path.substring(CLASSPATH.length()));
        }
        return HubReference.isSpelledBy(path)
                ? HubModels.ofEnvironment().cached(HubReference.parse(path))
                : Path.of(path);
    }

    /** Weights are memory-mapped, so a resource becomes a file, named by its digest and shared by all processes. */
    private static Path unpack(String resource) {
        String absolute = resource.startsWith("/") ? resource : "/" + resource;
        try (InputStream in = ModelSource.class.getResourceAsStream(absolute)) {
            if (in == null) {
                throw missing(CLASSPATH + resource);
            }
            byte[] bytes = in.readAllBytes();
            String digest = HexFormat.of().formatHex(Sha256.of(bytes), 0, 8);
            Path folder = Path.of(System.getProperty("java.io.tmpdir"), "demur-" + System.getProperty("user.name"));
            Path file = Files.createDirectories(folder)
                    .resolve(digest + "-" + Path.of(resource).getFileName());
            if (!Files.exists(file) || Files.size(file) != bytes.length) {
                Path partial = Files.createTempFile(folder, "unpack", ".partial");
                Files.write(partial, bytes);
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot unpack " + resource, e);
        }
    }

    private static JobException missing(String path) {
        return new JobException(
                ExitCode.MISSING_INPUT,
                "Model " + path + " does not exist",
                "relative paths start at the folder where the command was started",
                "correct it where it is named: model.path or a judge's path in the job file, --set model.path=PATH, --model");
    }
}
