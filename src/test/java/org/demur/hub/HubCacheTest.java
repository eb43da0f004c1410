package org.demur.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.demur.ExitCode;
import org.demur.JobException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubCacheTest {
    private static final HubReference FOLDER = HubReference.parse("hf://team/small@" + TestHub.COMMIT);

    @TempDir
    Path root;

    private HubModels offline() {
        Patience none = new Patience(1, Duration.ZERO, Duration.ZERO, Duration.ofSeconds(1), duration -> {});
        return new HubModels(new HubCache(root), HubEndpoint.of(Map.of("HF_ENDPOINT", "http://127.0.0.1:9")), none);
    }

    private Path write(String name, String content) throws IOException {
        Path snapshot = Files.createDirectories(root.resolve("models--team--small/snapshots/" + TestHub.COMMIT));
        Path blob = Files.createDirectories(root.resolve("models--team--small/blobs"))
                .resolve("b" + name.hashCode());
        Files.writeString(blob, content);
        return Files.createSymbolicLink(
                snapshot.resolve(name), Path.of("../../blobs").resolve(blob.getFileName()));
    }

    @Test
    void theCacheIsThatOfThePythonLibrary() {
        Path home = Path.of("/home/me");
        Map<String, String> all = Map.of("HF_HUB_CACHE", "/a", "HF_HOME", "/b", "XDG_CACHE_HOME", "/c");

        assertThat(HubCache.of(all, home).root()).isEqualTo(Path.of("/a"));
        assertThat(HubCache.of(Map.of("HF_HOME", "/b", "XDG_CACHE_HOME", "/c"), home)
                        .root())
                .isEqualTo(Path.of("/b/hub"));
        assertThat(HubCache.of(Map.of("HF_HOME", "~/models"), home).root()).isEqualTo(Path.of("/home/me/models/hub"));
        assertThat(HubCache.of(Map.of("XDG_CACHE_HOME", "/c"), home).root()).isEqualTo(Path.of("/c/huggingface/hub"));
        assertThat(HubCache.of(Map.of(), home).root()).isEqualTo(Path.of("/home/me/.cache/huggingface/hub"));
    }

    @Test
    void aCacheThatSomeoneElseFilledIsUsedOffline() throws IOException {
        write("config.json", "{}");
        write("tokenizer.json", "{}");
        write("model-00001-of-00002.safetensors", "x");
        write(
                "model.safetensors.index.json",
                """
                {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}""");

        assertThatThrownBy(() -> offline().cached(FOLDER))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("not complete in the cache " + root + ": no model-00002-of-00002.safetensors\n")
                .hasMessageContaining("executors take them from their own cache")
                .extracting(e -> ((JobException) e).exitCode())
                .isEqualTo(ExitCode.MISSING_INPUT);

        Path last = write("model-00002-of-00002.safetensors", "y");
        assertThat(offline().cached(FOLDER)).isEqualTo(last.getParent());
        assertThat(offline().fetched(FOLDER, Network.ALLOWED, TransferListener.NONE))
                .isEqualTo(last.getParent());
    }

    @Test
    void aLinkThatLeadsNowhereIsMissing() throws IOException {
        write("config.json", "{}");
        write("model.safetensors", "x");
        Files.delete(write("tokenizer.json", "{}").toRealPath());

        assertThatThrownBy(() -> offline().cached(FOLDER)).hasMessageContaining(": no tokenizer.json\n");
    }

    @Test
    void withoutLinksFilesAreCopied() throws IOException {
        URI zip = URI.create("jar:" + root.resolve("cache.zip").toUri());
        try (FileSystem linkless = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Path blob = linkless.getPath("/models--a--b/blobs/0f");
            Files.createDirectories(blob.getParent());
            Files.writeString(blob, "content");

            SnapshotLink.create(linkless.getPath("/models--a--b/snapshots/c/config.json"), blob);

            assertThat(Files.readString(linkless.getPath("/models--a--b/snapshots/c/config.json")))
                    .isEqualTo("content");
            try (var files = Files.list(linkless.getPath("/models--a--b/snapshots/c"))) {
                assertThat(files).hasSize(1);
            }
        }
    }

    @Test
    void aTokenWithBlanksIsRefusedAndNotShown() {
        assertThatThrownBy(() -> HubEndpoint.of(Map.of("HF_TOKEN", "sec ret")))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("HF_TOKEN is not a token")
                .hasMessageNotContaining("sec ret");
        assertThatThrownBy(() -> HubEndpoint.of(Map.of("HF_ENDPOINT", "ftp://hub")))
                .isInstanceOf(JobException.class)
                .hasMessageContaining("HF_ENDPOINT is not the address of a hub");
    }
}
