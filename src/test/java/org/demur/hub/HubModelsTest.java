package org.demur.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.demur.ExitCode;
import org.demur.JobException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubModelsTest {
    private static final String GGUF = "quants/small one.Q8_0.gguf";
    private static final HubReference FOLDER = HubReference.parse("hf://team/small@" + TestHub.COMMIT);
    private static final HubReference FILE = HubReference.parse(FOLDER + "/" + GGUF);
    private static final byte[] WEIGHTS = weights();

    @TempDir
    Path root;

    private final TestHub hub = new TestHub();
    private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
    private HubModels models;

    @BeforeEach
    void fill() {
        hub.with("config.json", "{}")
                .with("tokenizer.json", "{\"a\":1}")
                .with("tokenizer_config.json", "{\"b\":1}")
                .with("generation_config.json", "{\"c\":1}")
                .with("chat_template.jinja", "{{ x }}")
                .withLarge("model.safetensors", WEIGHTS)
                .withLarge(GGUF, WEIGHTS);
        models = models(Map.of("HF_TOKEN", "secret"));
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    private HubModels models(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.putIfAbsent("HF_ENDPOINT", hub.address() + "/");
        Patience patience =
                new Patience(4, Duration.ofMillis(1), Duration.ofMinutes(1), Duration.ofMillis(200), pauses::add);
        return new HubModels(new HubCache(root), HubEndpoint.of(environment), patience);
    }

    private static byte[] weights() {
        byte[] weights = new byte[300_000];
        new Random(7).nextBytes(weights);
        return weights;
    }

    private Path fetch(HubReference reference) {
        return models.fetched(reference, Network.ALLOWED, TransferListener.NONE);
    }

    private AbstractThrowableAssert<?, ?> assertFails(HubReference reference, ExitCode code) {
        return assertThatThrownBy(() -> fetch(reference))
                .isInstanceOf(JobException.class)
                .satisfies(e -> assertThat(((JobException) e).exitCode()).isEqualTo(code));
    }

    private Path blobs() {
        return root.resolve("models--team--small/blobs");
    }

    private List<String> requestsOf(String file) {
        return hub.requests().stream()
                .filter(request -> request.startsWith("GET " + file + " "))
                .toList();
    }

    @Test
    void aFolderArrivesWithWhatAModelNeedsAndNothingElse() throws IOException {
        hub.with("README.md", "x")
                .with("modeling_small.py", "x")
                .withLarge("pytorch_model.bin", new byte[9])
                .withLarge("consolidated.safetensors", new byte[9])
                .withLarge("onnx/model.safetensors", new byte[9]);

        Path folder = fetch(FOLDER);

        assertThat(folder).isEqualTo(root.resolve("models--team--small/snapshots/" + TestHub.COMMIT));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "config.json",
                            "tokenizer.json",
                            "tokenizer_config.json",
                            "generation_config.json",
                            "chat_template.jinja",
                            "model.safetensors");
        }
        assertThat(folder.resolve("tokenizer.json")).hasContent("{\"a\":1}");
        assertThat(folder.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(Files.readSymbolicLink(folder.resolve("model.safetensors")))
                .isEqualTo(Path.of("../../blobs/" + hub.etag("model.safetensors")));
        assertThat(Files.readSymbolicLink(folder.resolve("config.json")))
                .isEqualTo(Path.of("../../blobs/" + hub.etag("config.json")));
        try (Stream<Path> files = Files.list(blobs())) {
            assertThat(files.filter(file -> file.toString().endsWith(".incomplete")))
                    .isEmpty();
        }
    }

    @Test
    void aCompleteModelIsUsedWithoutAskingTheHub() {
        Path folder = fetch(FOLDER);
        int asked = hub.requests().size();

        assertThat(models.fetched(FOLDER, Network.FORBIDDEN, TransferListener.NONE))
                .isEqualTo(folder);
        assertThat(fetch(FOLDER)).isEqualTo(folder);
        assertThat(models.cached(FOLDER)).isEqualTo(folder);
        assertThat(hub.requests()).hasSize(asked);
    }

    @Test
    void oneGgufFileArrivesAloneAndFromASubfolder() throws IOException {
        Path file = fetch(FILE);

        assertThat(file).hasBinaryContent(WEIGHTS);
        assertThat(file.toString()).endsWith("/snapshots/" + TestHub.COMMIT + "/" + GGUF);
        assertThat(Files.readSymbolicLink(file)).isEqualTo(Path.of("../../../blobs/" + hub.etag(GGUF)));
        assertThat(hub.requests()).hasSize(2).allMatch(request -> request.contains(GGUF));
    }

    @Test
    void shardsAreThoseThatTheIndexNames() {
        TestHub spread = hub.with("model.safetensors.index.json", "{\"weight_map\":{\"x\":\"a.safetensors\"}}")
                .withLarge("a.safetensors", new byte[] {1, 2})
                .withLarge("b.safetensors", new byte[] {3});
        spread.remove("model.safetensors");

        Path folder = fetch(FOLDER);

        assertThat(folder.resolve("a.safetensors")).hasBinaryContent(new byte[] {1, 2});
        assertThat(folder.resolve("b.safetensors")).doesNotExist();
    }

    @Test
    void aDroppedConnectionGoesOnWhereItStopped() {
        hub.before(GGUF, TestHub::hangUp);

        assertThat(fetch(FILE)).hasBinaryContent(WEIGHTS);
        assertThat(requestsOf(GGUF)).hasSize(2);
        assertThat(requestsOf(GGUF).get(0)).startsWith("GET " + GGUF + " - ");
        assertThat(requestsOf(GGUF).get(1)).matches("GET " + GGUF + " bytes=[1-9]\\d{4,}- .*");
        assertThat(pauses).isEmpty();
    }

    @Test
    void aSilentConnectionCountsAsDropped() {
        hub.before(GGUF, TestHub::sendHalf);

        assertThat(fetch(FILE)).hasBinaryContent(WEIGHTS);
        assertThat(requestsOf(GGUF).get(1)).contains("bytes=150000-");
    }

    @Test
    void whatAnEarlierProcessLeftIsNotFetchedAgain() throws IOException {
        Files.createDirectories(blobs());
        Files.write(blobs().resolve(hub.etag(GGUF) + ".incomplete"), Arrays.copyOf(WEIGHTS, 1000));

        assertThat(fetch(FILE)).hasBinaryContent(WEIGHTS);
        assertThat(requestsOf(GGUF)).singleElement().asString().contains("bytes=1000-");
    }

    @Test
    void aServerWithoutRangesSendsEverythingAgain() {
        hub.before(GGUF, TestHub::hangUp, (exchange, content) -> {
            exchange.getRequestHeaders().remove("Range");
            TestHub.hand(exchange, content);
        });

        assertThat(fetch(FILE)).hasBinaryContent(WEIGHTS);
    }

    @Test
    void whatTheServerCannotContinueIsFetchedAnew() throws IOException {
        Files.createDirectories(blobs());
        Files.write(blobs().resolve(hub.etag(GGUF) + ".incomplete"), new byte[1000]);
        hub.before(GGUF, TestHub.status(416, "X-Nothing", "x"));

        assertThat(fetch(FILE)).hasBinaryContent(WEIGHTS);
        assertThat(requestsOf(GGUF).get(1)).contains(" - ");
    }

    @Test
    void progressTellsOfLargeFilesOnly() {
        List<String> told = new ArrayList<>();
        hub.withLarge("model.safetensors", new byte[1 << 20]);
        models.fetched(FOLDER, Network.ALLOWED, new TransferListener() {
            private long sum;

            @Override
            public void started(String file, long bytes) {
                told.add(file + " of " + bytes);
            }

            @Override
            public void received(long bytes) {
                sum += bytes;
            }

            @Override
            public void finished() {
                told.add(sum + " received");
            }
        });

        assertThat(told).containsExactly("model.safetensors of 1048576", "1048576 received");
    }

    @Test
    void wrongBytesAreDeletedAndTheFileIsNamed() throws IOException {
        byte[] other = WEIGHTS.clone();
        other[5]++;
        hub.before(GGUF, (exchange, content) -> TestHub.hand(exchange, other));

        assertFails(FILE, ExitCode.MISMATCH)
                .hasMessageContainingAll("File " + GGUF, "instead of " + hub.etag(GGUF), "deleted");
        try (Stream<Path> left = Files.list(blobs())) {
            assertThat(left).isEmpty();
        }
        assertThat(fetch(FILE)).hasBinaryContent(WEIGHTS);
    }

    @Test
    void wrongBytesOfASmallFileAreNoticedToo() {
        hub.before("config.json", (exchange, content) -> TestHub.hand(exchange, "[]".getBytes(UTF_8)));

        assertFails(FOLDER, ExitCode.MISMATCH).hasMessageContaining("File config.json");
    }

    @Test
    void moreBytesThanAnnouncedAreRefused() {
        hub.before(GGUF, (exchange, content) -> TestHub.hand(exchange, new byte[WEIGHTS.length + 1]));

        assertFails(FILE, ExitCode.MISMATCH).hasMessageContaining("more than the 300000 bytes");
    }

    @Test
    void anEtagThatIsNoChecksumIsRefused() {
        hub.withEtag(GGUF, "../../../evil");

        assertFails(FILE, ExitCode.MISMATCH).hasMessageContaining("without a checksum in its ETag");
    }

    @Test
    void whatTheHubDoesNotHaveIsNamed() {
        assertFails(HubReference.parse(FOLDER + "/other.gguf"), ExitCode.MISSING_INPUT)
                .hasMessageContainingAll("other.gguf", "status 404", "no such repository, commit or file");
        assertFails(HubReference.parse("hf://team/none@" + TestHub.COMMIT), ExitCode.MISSING_INPUT)
                .hasMessageContainingAll("team/none", "status 404");
    }

    @Test
    void aGatedModelAsksForAToken() {
        hub.before(GGUF, TestHub.status(401, "X-Error-Code", "GatedRepo"));

        assertFails(FILE, ExitCode.MISSING_INPUT)
                .hasMessageContainingAll("status 401", "gated", "set HF_TOKEN")
                .hasMessageNotContaining("secret");
    }

    @Test
    void theHubSaysHowLongToWait() {
        hub.before(GGUF, TestHub.status(429, "Retry-After", "7"));

        assertThat(fetch(FILE)).hasBinaryContent(WEIGHTS);
        assertThat(pauses).containsExactly(Duration.ofSeconds(7));
    }

    @Test
    void aHubThatAsksForTooMuchPatienceIsGivenUp() {
        hub.before(GGUF, TestHub.status(429, "Retry-After", "3600"));

        assertFails(FILE, ExitCode.RETRY).hasMessageContaining("status 429");
        assertThat(pauses).isEmpty();
    }

    @Test
    void aFailingHubIsAskedAgainAndLater() {
        TestHub.Mishap failure = TestHub.status(503, "X-Nothing", "x");
        hub.before(GGUF, failure, failure, failure);

        assertThat(fetch(FILE)).hasBinaryContent(WEIGHTS);
        assertThat(pauses).containsExactly(Duration.ofMillis(1), Duration.ofMillis(2), Duration.ofMillis(4));
    }

    @Test
    void aHubThatKeepsFailingIsGivenUp() {
        TestHub.Mishap failure = TestHub.status(500, "X-Nothing", "x");
        hub.before(GGUF, failure, failure, failure, failure);

        assertFails(FILE, ExitCode.RETRY).hasMessageContainingAll("4 attempts failed", "status 500", "try again later");
    }

    @Test
    void anAbsentHubIsAFailureThatMayPass() {
        models = models(Map.of("HF_ENDPOINT", hub.address()));
        hub.close();

        assertFails(FILE, ExitCode.RETRY).hasMessageContaining("ConnectException");
    }

    @Test
    void aRedirectToAnotherHostGetsNoToken() {
        hub.before(GGUF, (exchange, content) -> TestHub.status(
                        302, "Location", hub.otherAddress() + "/store/" + GGUF.replace(" ", "%20"))
                .happen(exchange, content));

        assertThat(fetch(FILE)).hasBinaryContent(WEIGHTS);
        assertThat(hub.requests())
                .containsExactly(
                        "HEAD " + GGUF + " - 127.0.0.1 Bearer secret",
                        "GET " + GGUF + " - 127.0.0.1 Bearer secret",
                        "GET /store/" + GGUF + " - localhost -");
    }

    @Test
    void redirectsWithoutEndAreRefused() {
        TestHub.Mishap circle = (exchange, content) -> TestHub.status(
                        307, "Location", exchange.getRequestURI().getRawPath())
                .happen(exchange, content);
        hub.before(GGUF, Collections.nCopies(20, circle).toArray(TestHub.Mishap[]::new));

        assertFails(FILE, ExitCode.MISMATCH).hasMessageContaining("redirects more than");
    }

    @Test
    void namesThatLeadOutOfTheCacheAreRefused() {
        hub.with("../../../evil.json", "x");

        assertFails(FOLDER, ExitCode.MISMATCH).hasMessageContaining("../../../evil.json, which leads out of the cache");
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void anIndexThatLeadsOutOfTheCacheIsRefused() {
        hub.with("model.safetensors.index.json", "{\"weight_map\":{\"x\":\"../x.safetensors\"}}")
                .remove("model.safetensors");

        assertFails(FOLDER, ExitCode.MISMATCH).hasMessageContaining("../x.safetensors, which is not beside it");
    }

    @Test
    void aRepositoryOfPickledWeightsOffersItsGgufInstead() {
        hub.withLarge("pytorch_model.bin", new byte[9]).remove("model.safetensors");

        assertFails(FOLDER, ExitCode.MISSING_INPUT)
                .hasMessageContainingAll("has no safetensors", "model.path = \"" + FOLDER + "/" + GGUF);
    }

    @Test
    void withoutPermissionNothingIsFetched() {
        assertThatThrownBy(() -> models.fetched(FOLDER, Network.FORBIDDEN, TransferListener.NONE))
                .isInstanceOf(JobException.class)
                .hasMessageContainingAll(
                        FOLDER + " is not complete",
                        "model.allow-network is false",
                        "--set model.allow-network=true",
                        "huggingface-cli download team/small --revision " + TestHub.COMMIT);
        assertThat(hub.requests()).isEmpty();
    }

    @Test
    void twoAtOnceFetchEachFileOnce() {
        CompletableFuture<Path> other = CompletableFuture.supplyAsync(() -> fetch(FILE));

        assertThat(fetch(FILE)).isEqualTo(other.join());
        assertThat(requestsOf(GGUF)).hasSize(1);
    }
}
