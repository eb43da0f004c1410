package org.demur.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** A hub with one repository, on a real socket. Tests say what goes wrong before a file is handed out properly. */
final class TestHub implements AutoCloseable {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    private static final String RESOLVE = "/team/small/resolve/" + COMMIT + "/";

    /** Something that the server does instead of a proper answer to a GET. */
    @FunctionalInterface
    interface Mishap {
        void happen(HttpExchange exchange, byte[] content) throws IOException;
    }

    static {
        // Otherwise each small answer waits 40 ms for the client's acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, byte[]> files = new TreeMap<>();
    private final Map<String, String> etags = new HashMap<>();
    private final Map<String, List<Mishap>> mishaps = new HashMap<>();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    TestHub() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The same server under a name that counts as another host. */
    String otherAddress() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    /** A file whose ETag is the name of its git blob, as the hub has it for small files. */
    TestHub with(String name, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        byte[] head = ("blob " + bytes.length + "\0").getBytes(StandardCharsets.UTF_8);
        byte[] blob = new byte[head.length + bytes.length];
        System.arraycopy(head, 0, blob, 0, head.length);
        System.arraycopy(bytes, 0, blob, head.length, bytes.length);
        files.put(name, bytes);
        etags.put(name, hex("SHA-1", blob));
        return this;
    }

    /** A file whose ETag is its SHA-256, as the hub has it for large files. */
    TestHub withLarge(String name, byte[] content) {
        files.put(name, content);
        etags.put(name, hex("SHA-256", content));
        return this;
    }

    TestHub withEtag(String name, String etag) {
        etags.put(name, etag);
        return this;
    }

    TestHub remove(String name) {
        files.remove(name);
        return this;
    }

    /** The next GET of this file ends so; mishaps of one file happen one after the other. */
    TestHub before(String name, Mishap... what) {
        mishaps.computeIfAbsent(name, key -> new ArrayList<>()).addAll(List.of(what));
        return this;
    }

    String etag(String name) {
        return etags.get(name);
    }

    /** One line for each request: method, path or file name, and the Range, Host and Authorization that were sent. */
    List<String> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(exchange.getRequestMethod() + " " + path.replace(RESOLVE, "") + " "
                + exchange.getRequestHeaders()
                        .getOrDefault("Range", List.of("-"))
                        .get(0) + " "
                + exchange.getRequestHeaders().getFirst("Host").replaceAll(":.*", "") + " "
                + exchange.getRequestHeaders()
                        .getOrDefault("Authorization", List.of("-"))
                        .get(0));
        if (path.equals("/api/models/team/small/revision/" + COMMIT)) {
            String siblings = files.keySet().stream()
                    .map(name -> "{\"rfilename\":\"" + name + "\"}")
                    .collect(Collectors.joining(",", "{\"siblings\":[", "]}"));
            send(exchange, 200, siblings.getBytes(StandardCharsets.UTF_8));
            return;
        }
        String name = path.replace(RESOLVE, "").replace("/store/", "");
        byte[] content = files.get(name);
        if (content == null) {
            send(exchange, 404, new byte[0]);
        } else if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("ETag", "\"" + etags.get(name) + "\"");
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(content.length));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        } else if (mishaps.getOrDefault(name, List.of()).isEmpty()) {
            hand(exchange, content);
        } else {
            mishaps.get(name).remove(0).happen(exchange, content);
        }
    }

    /** A proper answer, of the range that was asked for. */
    static void hand(HttpExchange exchange, byte[] content) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("Range");
        if (range == null) {
            send(exchange, 200, content);
            return;
        }
        int from = Integer.parseInt(range.replaceAll("\\D", ""));
        exchange.getResponseHeaders()
                .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        send(exchange, 206, Arrays.copyOfRange(content, from, content.length));
    }

    /** Closes the connection after half of what it announced. */
    static void hangUp(HttpExchange exchange, byte[] content) throws IOException {
        sendHalf(exchange, content);
        exchange.close();
    }

    /** Announces everything, sends half of it, and leaves the connection open. */
    static void sendHalf(HttpExchange exchange, byte[] content) throws IOException {
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content, 0, content.length / 2);
        exchange.getResponseBody().flush();
    }

    /** A status and a header. */
    static Mishap status(int status, String header, String value) {
        return (exchange, content) -> {
            exchange.getResponseHeaders().set(header, value);
            send(exchange, status, new byte[0]);
        };
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String hex(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
