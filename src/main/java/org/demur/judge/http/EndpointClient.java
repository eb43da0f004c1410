package org.demur.judge.http;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.demur.ExitCode;
import org.demur.JobException;

/** One request at a time and thread, without repetition. Safe to share. Neither key nor texts enter a message. */
final class EndpointClient {
    private static final int MAX_RESPONSE_BYTES = 1 << 20;

    private final Endpoint endpoint;
    private final Duration timeout;
    private final String key;
    // Redirects are not followed, because they could carry texts and key to another host.
    private final HttpClient http;

    EndpointClient(Endpoint endpoint, int timeoutMillis, String key) {
        this.endpoint = endpoint;
        this.timeout = Duration.ofMillis(timeoutMillis);
        this.key = key;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(timeout)
                .build();
    }

    /** Sends a conversation; fails with USAGE when the endpoint wants no request of this kind at all. */
    Reply ask(Conversation conversation) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(endpoint.address())
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(conversation.body()));
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        // The client's own timeout ends with the response's head; this one also covers its body.
        CompletableFuture<HttpResponse<byte[]>> response =
                http.sendAsync(request.build(), head -> new LimitedBody(MAX_RESPONSE_BYTES));
        try {
            return read(response.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            response.cancel(true);
            return passing("no answer within " + timeout.toMillis() + " ms", Reply.UNKNOWN);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                return passing("the connection failed (" + failure.getClass().getSimpleName() + ")", Reply.UNKNOWN);
            }
            throw new IllegalStateException("A request failed unforeseen", e.getCause());
        }
    }

    private Reply read(HttpResponse<byte[]> response) {
        int status = response.statusCode();
        return switch (status) {
            case 200 -> Conversation.reply(response.body());
            case 401, 403 -> throw refused(status, "the key in " + variable() + " is wrong or may not use this model");
            case 404, 405 -> throw refused(status, "there is no chat endpoint or no model of that name");
            case 408, 409, 425, 429 -> busy(status, response.headers());
            default -> {
                if (status >= 300 && status < 400) {
                    throw refused(status, "it redirects, and texts are sent nowhere else than the job file says");
                }
                yield status >= 500 ? busy(status, response.headers()) : new Reply.Final("status " + status, 0);
            }
        };
    }

    private static Reply busy(int status, HttpHeaders headers) {
        Duration earliest =
                headers.firstValue("Retry-After").map(EndpointClient::wait).orElse(Duration.ZERO);
        return new Reply.Passing("status " + status, earliest, 0);
    }

    /** Seconds or an HTTP date (RFC 9110, section 10.2.3); anything else asks for nothing. */
    private static Duration wait(String retryAfter) {
        if (retryAfter.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(retryAfter));
        }
        try {
            Instant date = ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration wait = Duration.between(Instant.now(), date);
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeParseException e) {
            return Duration.ZERO;
        }
    }

    private static Reply passing(String reason, long tokens) {
        return new Reply.Passing(reason, Duration.ZERO, tokens);
    }

    private JobException refused(int status, String why) {
        return new JobException(
                ExitCode.USAGE,
                "The judge's endpoint " + endpoint.url() + " answered with status " + status + " for model "
                        + endpoint.model(),
                why,
                "correct the judge's url, model or key-variable; answers so far are kept");
    }

    private String variable() {
        return endpoint.keyVariable().isEmpty() ? "no variable" : endpoint.keyVariable();
    }
}
