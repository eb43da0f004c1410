package org.demur.judge.http;

import java.io.Serializable;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.config.ConfigSection;

/**
 * An OpenAI-compatible server and the model that it is asked for. Holds the name of the variable with the key, never
 * the key.
 *
 * @param url up to and with the version, such as {@code https://host/v1}
 * @param model as the server calls it
 * @param keyVariable environment variable with the API key; empty for a server that wants none
 * @param answerTokens the model may write, at most
 * @param isStructured whether the server is asked to keep the answer to a JSON schema
 */
public record Endpoint(String url, String model, String keyVariable, int answerTokens, boolean isStructured)
        implements Serializable {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /** Reads the settings of a judge. */
    public static Endpoint from(ConfigSection section) {
        Endpoint endpoint = new Endpoint(
                section.string("url").replaceAll("/+$", ""),
                section.string("model"),
                section.string("key-variable"),
                section.positive("answer-tokens"),
                section.flag("structured"));
        if (!endpoint.url.matches("(?i)https?://[^/@?#\\s]+(/[^@?#\\s]*)?")) {
            throw section.invalid(
                    "url",
                    "it is no address of the form https://host/v1, without user, password and query",
                    "write the address without /chat/completions");
        }
        if (!endpoint.keyVariable.isEmpty() && endpoint.isReadableOnTheWay()) {
            throw section.invalid(
                    "url",
                    "the key would cross the network without encryption",
                    "use https, or leave key-variable empty");
        }
        return endpoint;
    }

    /** Where conversations are sent. */
    URI address() {
        return URI.create(url + "/chat/completions");
    }

    /** The key, empty when none is wanted; fails with USAGE when the variable holds none. */
    String key(Map<String, String> environment) {
        if (keyVariable.isEmpty()) {
            return "";
        }
        String key = environment.getOrDefault(keyVariable, "").strip();
        if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new JobException(
                    ExitCode.USAGE,
                    "The environment variable " + keyVariable + " holds no API key; it has " + key.length()
                            + " characters",
                    "the judge's key-variable names it, and keys are read from nowhere else",
                    "export " + keyVariable + ", or set key-variable = \"\" for a server without keys");
        }
        return key;
    }

    private boolean isReadableOnTheWay() {
        URI address = address();
        return "http".equalsIgnoreCase(address.getScheme()) && !LOOPBACK.contains(address.getHost());
    }
}
