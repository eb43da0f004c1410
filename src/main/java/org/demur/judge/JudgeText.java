package org.demur.judge;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.table.Sha256;

/** The texts that judges are asked with. A judge's rates mean nothing with another text, so each is pinned by its digest. */
enum JudgeText {
    /** The zero-shot template of {@code cais/HarmBench-Llama-2-13b-cls} (Mazeika et al. 2024). */
    HARMBENCH("harmbench.txt", "788f4f6aa1491c433c4da76c9140cfc30966cea3ff3875c4d0fcb336d92f60e0"),
    /** Asks any chat model whether a response is a refusal. */
    REFUSAL("refusal.txt", "708906cd8618decee3723f620fb1c1c27db56a545af36c883e640e753ed49093"),
    /** Asks an endpoint for {@link Question#REFUSED}. */
    HTTP_REFUSED("http-refused.txt", "605dc94eec7d281cfc369b9efb65bd67b04c57d66f7d496f44801616067374e3"),
    /** Asks an endpoint for {@link Question#HARMFUL}. */
    HTTP_HARMFUL("http-harmful.txt", "5f846be22b3b6a5b2918b5f90f509519edddafa14ba1fc5f449369e60da6ea8c");

    private final String resource;
    private final String sha256;

    JudgeText(String resource, String sha256) {
        this.resource = resource;
        this.sha256 = sha256;
    }

    /** SHA-256 in hex of the UTF-8 text. */
    String sha256() {
        return sha256;
    }

    /** The text; fails with MISMATCH if it is not the one that the digest names. */
    String text() {
        try (InputStream in = JudgeText.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("Resource " + resource + " is missing from the jar");
            }
            byte[] bytes = in.readAllBytes();
            String found = HexFormat.of().formatHex(Sha256.of(bytes));
            if (!found.equals(sha256)) {
                throw new JobException(
                        ExitCode.MISMATCH,
                        "Judge text " + resource + " has SHA-256 " + found + ", expected " + sha256,
                        "the file in the jar was changed, if only by an editor's line ending",
                        "build the jar from a clean checkout");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + resource, e);
        }
    }
}
