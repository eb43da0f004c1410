package org.demur.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/**
 * Brings a model into the cache: configuration and tokenizer first and weights last, so that weights are there only
 * where everything else is.
 */
record SnapshotDownload(HubCache cache, HubEndpoint endpoint, HubClient client, BlobDownload blobs) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Returns when every file that the model needs is in the cache. */
    void run(HubReference reference) {
        if (reference.ggufFile().isPresent()) {
            bring(reference, reference.file());
            return;
        }
        TreeSet<String> listed = listed(reference);
        for (String required : ModelFiles.REQUIRED) {
            if (!listed.contains(required)) {
                throw HubFailure.unusable(reference, required, instead(reference, listed));
            }
        }
        ModelFiles.texts(listed).forEach(name -> bring(reference, name));
        weights(reference, listed).forEach(name -> bring(reference, name));
    }

    private TreeSet<String> listed(HubReference reference) {
        URI address = endpoint.listing(reference);
        byte[] document = blobs.patience().call("Files of " + reference, () -> client.document(address));
        TreeSet<String> names = new TreeSet<>();
        for (JsonNode sibling : siblings(address, document)) {
            String name = sibling.path("rfilename").asText();
            if (!RepositoryPath.isPlain(name)) {
                throw HubFailure.broken(address + " lists the file name " + name + ", which leads out of the cache");
            }
            names.add(name);
        }
        return names;
    }

    private static JsonNode siblings(URI address, byte[] document) {
        try {
            JsonNode siblings = MAPPER.readTree(document).path("siblings");
            if (siblings.isArray()) {
                return siblings;
            }
        } catch (IOException e) {
            throw HubFailure.broken(address + " is not valid JSON");
        }
        throw HubFailure.broken(address + " lists no files");
    }

    private List<String> weights(HubReference reference, TreeSet<String> listed) {
        if (listed.contains(ModelFiles.WEIGHTS)) {
            return List.of(ModelFiles.WEIGHTS);
        }
        if (listed.contains(ModelFiles.INDEX)) {
            bring(reference, ModelFiles.INDEX);
            return ShardIndex.shards(cache.snapshot(reference).resolve(ModelFiles.INDEX));
        }
        List<String> weights = ModelFiles.weights(listed);
        if (weights.isEmpty()) {
            throw HubFailure.unusable(reference, "safetensors", instead(reference, listed));
        }
        return weights;
    }

    private static String instead(HubReference reference, TreeSet<String> listed) {
        return ModelFiles.ggufs(listed).stream()
                .findFirst()
                .map(gguf -> "name a GGUF file of it, for example model.path = \"" + reference + "/" + gguf + "\"")
                .orElse("use a conversion of the model to safetensors or GGUF");
    }

    private void bring(HubReference reference, String name) {
        Path link = cache.snapshot(reference).resolve(name);
        if (Files.exists(link)) {
            return;
        }
        URI address = endpoint.file(reference, name);
        RemoteFile file = blobs.patience().call("File " + name, () -> client.describe(name, address));
        Path blob = cache.blob(reference, file.checksum());
        try (BlobLock lock = BlobLock.take(cache.lock(reference, file.checksum()))) {
            if (!BlobDownload.isWhole(file, blob)) {
                blobs.bring(file, blob);
            }
            SnapshotLink.create(link, blob);
        }
    }
}
