package org.demur.hub;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Models of the Hugging Face hub, out of the local cache and, where that is allowed, into it. */
public final class HubModels {
    private final HubCache cache;
    private final HubEndpoint endpoint;
    private final Patience patience;

    HubModels(HubCache cache, HubEndpoint endpoint, Patience patience) {
        this.cache = cache;
        this.endpoint = endpoint;
        this.patience = patience;
    }

    /** With the cache, the hub and the token that the environment names, as for the Python library. */
    public static HubModels ofEnvironment() {
        Map<String, String> environment = System.getenv();
        return new HubModels(
                HubCache.of(environment, Path.of(System.getProperty("user.home"))),
                HubEndpoint.of(environment),
                Patience.usual());
    }

    /** The folder, or the GGUF file, in the cache; uses no network and fails with MISSING_INPUT when it is not there. */
    public Path cached(HubReference reference) {
        List<String> missing = cache.missing(reference);
        if (!missing.isEmpty()) {
            throw HubFailure.notCached(reference, cache.root(), missing);
        }
        return cache.model(reference);
    }

    /**
     * The same after bringing what is missing. A model that is complete in the cache is used without asking the hub,
     * which is safe because a commit never changes.
     *
     * @throws org.demur.JobException MISSING_INPUT when it is not in the cache and the network is forbidden, or the hub
     *     does not have it; MISMATCH when bytes do not have their checksum; RETRY when the hub cannot be reached
     */
    public Path fetched(HubReference reference, Network network, TransferListener listener) {
        List<String> missing = cache.missing(reference);
        if (missing.isEmpty()) {
            return cache.model(reference);
        }
        return switch (network) {
            case FORBIDDEN -> throw HubFailure.forbidden(reference, cache.root(), missing);
            case ALLOWED -> {
                HubClient client = new HubClient(endpoint);
                new SnapshotDownload(cache, endpoint, client, new BlobDownload(client, patience, listener))
                        .run(reference);
                yield cached(reference);
            }
        };
    }
}
