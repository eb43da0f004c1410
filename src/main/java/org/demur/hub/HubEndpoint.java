package org.demur.hub;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest;
import java.util.Locale;
import java.util.Map;
import org.demur.ExitCode;
import org.demur.JobException;

/** The hub and the right to use it. No record, so that the token is in no {@code toString}. */
final class HubEndpoint {
    private static final String PUBLIC_HUB = "https://huggingface.co";

    private final URI base;
    private final String token;

    private HubEndpoint(URI base, String token) {
        this.base = base;
        this.token = token;
    }

    /** The hub at HF_ENDPOINT, else the public one, with the token in HF_TOKEN if there is one. */
    static HubEndpoint of(Map<String, String> environment) {
        String address =
                environment.getOrDefault("HF_ENDPOINT", PUBLIC_HUB).strip().replaceAll("/+$", "");
        String token = environment.getOrDefault("HF_TOKEN", "").strip();
        if (!token.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new JobException(
                    ExitCode.USAGE,
                    "HF_TOKEN is not a token; it has " + token.length() + " characters, among them blanks or symbols",
                    "a token is one word of letters and digits",
                    "set HF_TOKEN to the token alone");
        }
        return new HubEndpoint(uri(address), token);
    }

    /** Where the files of a commit are listed. */
    URI listing(HubReference reference) {
        return under("/api/models/" + reference.repository() + "/revision/" + reference.commit());
    }

    /** Where a file of a commit is handed out. */
    URI file(HubReference reference, String name) {
        return under("/" + reference.repository() + "/resolve/" + reference.commit() + "/" + name);
    }

    /** A request; the token goes to the hub itself and to no host that it redirects to. */
    HttpRequest.Builder request(URI address) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address);
        boolean isOwn = origin(address).equals(origin(base));
        return isOwn && !token.isEmpty() ? request.header("Authorization", "Bearer " + token) : request;
    }

    private URI under(String path) {
        try {
            String encoded = new URI(null, null, path, null).toASCIIString();
            return URI.create(base + encoded);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("Not a path: " + path, e);
        }
    }

    private static String origin(URI address) {
        return (address.getScheme() + "://" + address.getHost() + ":" + port(address)).toLowerCase(Locale.ROOT);
    }

    private static int port(URI address) {
        if (address.getPort() >= 0) {
            return address.getPort();
        }
        return "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
    }

    private static URI uri(String address) {
        if (!address.matches("(?i)https?://[^/@\\s]+(/\\S*)?")) {
            throw new JobException(
                    ExitCode.USAGE,
                    "HF_ENDPOINT is not the address of a hub",
                    "it must start with https:// or http:// and a host name, without user and password",
                    "leave it out for " + PUBLIC_HUB + ", or correct it");
        }
        return URI.create(address);
    }
}
