package org.demur.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Requests to the hub, one attempt each: follows redirects and turns statuses into failures. Safe to share. */
final class HubClient {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);
    /** The status of a range behind the end of the file. */
    static final int RANGE_NOT_SATISFIABLE = 416;

    private static final int MAX_REDIRECTS = 8;
    private static final int MAX_TEXT_BYTES = 64 << 20;
    private static final String LINKED_ETAG = "X-Linked-Etag";
    private static final String LINKED_SIZE = "X-Linked-Size";

    private final HubEndpoint endpoint;
    // Redirects are followed here, because the library's own would hand the token to other hosts.
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT_LIMIT)
            .build();

    HubClient(HubEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    /** A small document. */
    byte[] document(URI address) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = answer(address, HttpRequest.Builder::GET, any -> false);
        try (InputStream body = response.body()) {
            byte[] bytes = body.readNBytes(MAX_TEXT_BYTES);
            if (bytes.length == MAX_TEXT_BYTES) {
                throw HubFailure.broken(address + " has more than " + MAX_TEXT_BYTES + " bytes");
            }
            return bytes;
        }
    }

    /** Length and checksum of a file; those of the stored object where the hub links to a store. */
    RemoteFile describe(String name, URI address) throws IOException, InterruptedException {
        HttpResponse<InputStream> response = answer(
                address,
                request -> request.method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .header("Accept-Encoding", "identity"),
                HubClient::isLink);
        response.body().close();
        HttpHeaders headers = response.headers();
        Checksum checksum = first(headers, LINKED_ETAG, "ETag")
                .flatMap(Checksum::ofEtag)
                .orElseThrow(() -> HubFailure.broken(address + " came without a checksum in its ETag"));
        long bytes = first(headers, LINKED_SIZE, "Content-Length")
                .filter(text -> text.matches("\\d{1,18}"))
                .map(Long::parseLong)
                .orElseThrow(() -> HubFailure.broken(address + " came without a length"));
        return new RemoteFile(name, address, checksum, bytes);
    }

    /** The bytes of a file from {@code firstByte} on (status 206), all of them (200), or none (416). */
    HttpResponse<InputStream> open(URI address, long firstByte) throws IOException, InterruptedException {
        return answer(
                address,
                request -> firstByte == 0 ? request.GET() : request.GET().header("Range", "bytes=" + firstByte + "-"),
                any -> false);
    }

    private HttpResponse<InputStream> answer(
            URI first, UnaryOperator<HttpRequest.Builder> shape, Predicate<HttpResponse<?>> isAnswer)
            throws IOException, InterruptedException {
        URI address = first;
        for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
            HttpRequest request =
                    shape.apply(endpoint.request(address)).timeout(ANSWER_LIMIT).build();
            HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
            Optional<URI> next = redirect(address, response);
            if (next.isEmpty() || isAnswer.test(response)) {
                return checked(first, response);
            }
            response.body().close();
            address = next.get();
        }
        throw HubFailure.broken(first + " redirects more than " + MAX_REDIRECTS + " times");
    }

    private static HttpResponse<InputStream> checked(URI address, HttpResponse<InputStream> response)
            throws IOException {
        int status = response.statusCode();
        if (status < 400 || status == RANGE_NOT_SATISFIABLE) {
            return response;
        }
        response.body().close();
        if (status >= 500 || status == 408 || status == 429) {
            throw new PassingFailure("status " + status, retryAfter(response.headers()));
        }
        if (status == 401 || status == 403 || status == 404 || status == 410) {
            throw HubFailure.refused(address.toString(), status == 410 ? 404 : status);
        }
        throw HubFailure.broken(address + " answered with status " + status);
    }

    private static Optional<URI> redirect(URI from, HttpResponse<?> response) {
        return switch (response.statusCode()) {
            case 301, 302, 303, 307, 308 ->
                response.headers().firstValue("Location").map(location -> target(from, location));
            default -> Optional.empty();
        };
    }

    private static URI target(URI from, String location) {
        try {
            URI target = from.resolve(location);
            boolean isWeaker = "https".equals(from.getScheme()) && !"https".equals(target.getScheme());
            if (!isWeaker && target.getHost() != null) {
                return target;
            }
        } catch (IllegalArgumentException e) {
            throw HubFailure.broken(from.getHost() + " redirects to something that is no address");
        }
        throw HubFailure.broken(from.getHost() + " redirects to an address without encryption or host");
    }

    private static boolean isLink(HttpResponse<?> response) {
        return response.headers().firstValue(LINKED_ETAG).isPresent()
                && response.headers().firstValue(LINKED_SIZE).isPresent();
    }

    private static Duration retryAfter(HttpHeaders headers) {
        return headers.firstValue("Retry-After")
                .filter(text -> text.matches("\\d{1,9}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .orElse(Duration.ZERO);
    }

    private static Optional<String> first(HttpHeaders headers, String name, String other) {
        return headers.firstValue(name).or(() -> headers.firstValue(other));
    }
}
