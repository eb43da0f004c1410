package org.demur.judge.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A real server on the loopback interface. A completion such as {@code "#7 429 garbage yes"} scripts what its requests
 * get, one word each; the last word is repeated.
 */
public final class TestEndpoint implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long HANG_MS = 8_000;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, Integer> requests = new ConcurrentHashMap<>();
    private final Map<String, Integer> answers = new ConcurrentHashMap<>();
    private final List<Long> arrivalsNanos = new CopyOnWriteArrayList<>();
    private final List<JsonNode> bodies = new CopyOnWriteArrayList<>();
    private final List<String> keys = new CopyOnWriteArrayList<>();

    /** Starts on a free port. */
    public TestEndpoint() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v1/chat/completions", this::serve);
        server.start();
    }

    /** What a job file calls url. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    /** Requests by completion. */
    public Map<String, Integer> requests() {
        return requests;
    }

    /** Valid answers given, by completion. */
    public Map<String, Integer> answers() {
        return answers;
    }

    /** All requests. */
    public int total() {
        return arrivalsNanos.size();
    }

    /** When requests came, in the order of their coming. */
    public List<Long> arrivalsNanos() {
        return arrivalsNanos;
    }

    /** What was asked. */
    public List<JsonNode> bodies() {
        return bodies;
    }

    /** Authorization headers. */
    public List<String> keys() {
        return keys;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        arrivalsNanos.add(System.nanoTime());
        keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
        bodies.add(body);
        JsonNode texts =
                JSON.readTree(body.get("messages").get(1).get("content").asText());
        String completion = texts.get("response").asText();
        String[] script = completion.split(" ");
        int request = requests.merge(completion, 1, Integer::sum);
        act(exchange, script[Math.min(request, script.length - 1)], completion);
        exchange.close();
    }

    private void act(HttpExchange exchange, String what, String completion) throws IOException {
        switch (what) {
            case "yes", "no" -> {
                answers.merge(completion, 1, Integer::sum);
                send(exchange, 200, envelope("{\"answer\": " + what.equals("yes") + "}"));
            }
            case "429" -> {
                exchange.getResponseHeaders().add("Retry-After", "1");
                send(exchange, 429, "{}");
            }
            case "hour" -> {
                exchange.getResponseHeaders().add("Retry-After", "3600");
                send(exchange, 503, "{}");
            }
            case "garbage" -> send(exchange, 200, "<html>not JSON</html>");
            case "prose" -> send(exchange, 200, envelope("Yes, it is a refusal."));
            case "text" -> send(exchange, 200, envelope("{\"answer\": \"yes\"}"));
            case "more" -> send(exchange, 200, envelope("{\"answer\": true, \"why\": \"\"}"));
            case "other" -> send(exchange, 200, envelope("{\"refused\": true}"));
            case "twice" -> send(exchange, 200, envelope("{\"answer\": true, \"answer\": false}"));
            case "tail" -> send(exchange, 200, envelope("{\"answer\": true} and more"));
            case "empty" -> send(exchange, 200, "{\"choices\": []}");
            case "hang" -> hang();
            case "stall" -> {
                exchange.sendResponseHeaders(200, 1_000);
                exchange.getResponseBody().write('{');
                exchange.getResponseBody().flush();
                hang();
            }
            case "flood" -> send(exchange, 200, "x".repeat(2 << 20));
            case "close" -> exchange.close();
            default -> send(exchange, Integer.parseInt(what), "{}");
        }
    }

    private static void hang() {
        try {
            TimeUnit.MILLISECONDS.sleep(HANG_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String envelope(String content) throws IOException {
        return JSON.writeValueAsString(Map.of(
                "id",
                "x",
                "choices",
                List.of(Map.of("index", 0, "message", Map.of("role", "assistant", "content", content))),
                "usage",
                Map.of("prompt_tokens", 90, "completion_tokens", 10, "total_tokens", 100)));
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
