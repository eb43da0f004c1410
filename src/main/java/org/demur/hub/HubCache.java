package org.demur.hub;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The local cache of the Hugging Face libraries: {@code models--owner--name/snapshots/<commit>/} holds the files by
 * name, as links into {@code models--owner--name/blobs/}, where they lie under their checksums.
 *
 * @param root folder of all repositories
 */
public record HubCache(Path root) {
    private static final String HOME_SIGN = "~";

    /** The cache that the Python library would use: HF_HUB_CACHE, else {@code hub} in HF_HOME, else below the home. */
    public static HubCache of(Map<String, String> environment, Path userHome) {
        if (environment.containsKey("HF_HUB_CACHE")) {
            return new HubCache(expanded(environment.get("HF_HUB_CACHE"), userHome));
        }
        if (environment.containsKey("HF_HOME")) {
            return new HubCache(expanded(environment.get("HF_HOME"), userHome).resolve("hub"));
        }
        Path caches = environment.containsKey("XDG_CACHE_HOME")
                ? expanded(environment.get("XDG_CACHE_HOME"), userHome)
                : userHome.resolve(".cache");
        return new HubCache(caches.resolve("huggingface").resolve("hub"));
    }

    /** Where the model lies or would lie: a folder, or the GGUF file that is named. */
    public Path model(HubReference reference) {
        return reference
                .ggufFile()
                .map(file -> snapshot(reference).resolve(file))
                .orElseGet(() -> snapshot(reference));
    }

    /** Names of the files without which the model cannot be used and that are not there; empty when it is complete. */
    public List<String> missing(HubReference reference) {
        Path snapshot = snapshot(reference);
        if (reference.ggufFile().isPresent()) {
            return absent(snapshot, List.of(reference.file()));
        }
        List<String> missing = new ArrayList<>(absent(snapshot, ModelFiles.REQUIRED));
        if (Files.exists(snapshot.resolve(ModelFiles.WEIGHTS))) {
            return missing;
        }
        Path index = snapshot.resolve(ModelFiles.INDEX);
        if (Files.exists(index)) {
            missing.addAll(absent(snapshot, ShardIndex.shards(index)));
        } else if (!ModelFiles.holdsWeights(snapshot)) {
            missing.add(ModelFiles.WEIGHTS);
        }
        return missing;
    }

    /** Folder of the files of one commit. */
    Path snapshot(HubReference reference) {
        return root.resolve(folder(reference)).resolve("snapshots").resolve(reference.commit());
    }

    /** The file with this checksum. */
    Path blob(HubReference reference, Checksum checksum) {
        return root.resolve(folder(reference)).resolve("blobs").resolve(checksum.hex());
    }

    /** The file that is locked by whoever writes the blob; in the place where the Python library has its own. */
    Path lock(HubReference reference, Checksum checksum) {
        return root.resolve(".locks").resolve(folder(reference)).resolve(checksum.hex() + ".lock");
    }

    private static String folder(HubReference reference) {
        return "models--" + reference.owner() + "--" + reference.name();
    }

    private static List<String> absent(Path folder, List<String> names) {
        return names.stream()
                .filter(name -> !Files.exists(folder.resolve(name)))
                .toList();
    }

    private static Path expanded(String path, Path userHome) {
        return path.equals(HOME_SIGN) || path.startsWith(HOME_SIGN + "/")
                ? userHome.resolve(path.substring(Math.min(2, path.length())))
                : Path.of(path);
    }
}
