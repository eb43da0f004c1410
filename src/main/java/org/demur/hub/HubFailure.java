package org.demur.hub;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.demur.ExitCode;
import org.demur.JobException;

/** What can go wrong between a repository and the cache, in the three parts of every Demur error. */
final class HubFailure {
    private HubFailure() {}

    /** The model is not in the cache of a machine that does not fetch. */
    static JobException notCached(HubReference reference, Path cache, List<String> missing) {
        return new JobException(
                ExitCode.MISSING_INPUT,
                lacks(reference, cache, missing),
                "only the process that plans a study fetches models; Spark's executors take them from their own cache",
                "set HF_HOME to a folder that all machines share, or run on this one: " + reference.fetchCommand());
    }

    /** The model is not in the cache and the job file forbids to fetch it. */
    static JobException forbidden(HubReference reference, Path cache, List<String> missing) {
        return new JobException(
                ExitCode.MISSING_INPUT,
                lacks(reference, cache, missing),
                "model.allow-network is false, so nothing was fetched",
                "add --set model.allow-network=true, or fetch it beforehand: " + reference.fetchCommand());
    }

    /** The hub does not know it, or not for this user. */
    static JobException refused(String what, int status) {
        return new JobException(
                ExitCode.MISSING_INPUT,
                what + ": the hub answered with status " + status,
                status == 404
                        ? "there is no such repository, commit or file"
                        : "it does not exist, or is private or gated and HF_TOKEN is not set or gives no access to it",
                status == 404
                        ? "compare model.path with the address of the model's page"
                        : "accept the model's conditions on its page and set HF_TOKEN to a token of that account");
    }

    /** The repository is there and is not a model that can be read. */
    static JobException unusable(HubReference reference, String lack, String todo) {
        return new JobException(
                ExitCode.MISSING_INPUT,
                "Repository " + reference + " has no " + lack,
                "only safetensors with a tokenizer.json, and GGUF files, are read; pickled weights and code never are",
                todo);
    }

    /** All attempts failed for reasons that may pass. */
    static JobException unreachable(String what, int attempts, IOException last) {
        return new JobException(
                ExitCode.RETRY,
                what + ": " + attempts + " attempts failed, the last with " + last,
                "the network or the hub is not available, or the hub limits the requests of this address",
                "try again later; what has arrived is kept. HF_ENDPOINT names another hub",
                last);
    }

    /** The bytes, or what is said about them, contradict each other. */
    static JobException broken(String what) {
        return new JobException(
                ExitCode.MISMATCH,
                what,
                "the transfer was damaged, or something between here and the hub changed the answer",
                "try again; if it happens again, compare HF_ENDPOINT and the proxy with what they should be");
    }

    /** The local disk, and no network, is in the way. */
    static JobException disk(Path file, IOException cause) {
        return new JobException(
                ExitCode.FAILED,
                "Cache file " + file + " cannot be read or written: " + cause,
                "the disk is full, or the cache belongs to someone else",
                "make room, or set HF_HOME to another folder",
                cause);
    }

    private static String lacks(HubReference reference, Path cache, List<String> missing) {
        return "Model " + reference + " is not complete in the cache " + cache + ": no " + String.join(", ", missing);
    }
}
