package org.demur.hub;

import java.util.Optional;
import java.util.regex.Pattern;
import org.demur.ExitCode;
import org.demur.JobException;

/**
 * A model in a repository of the Hugging Face hub, spelt {@code hf://owner/name@commit} or, for one GGUF file of it,
 * {@code hf://owner/name@commit/file.gguf}.
 *
 * @param commit 40 lower-case hex digits; branches and tags are refused, because they move
 * @param file path of a GGUF file within the repository; empty for the whole folder with safetensors
 */
public record HubReference(String owner, String name, String commit, String file) {
    private static final String SCHEME = "hf://";
    private static final String GGUF = ".gguf";
    private static final int MAX_NAME_LENGTH = 96;
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?");

    /** Fails with USAGE, saying which part is misspelt. */
    public HubReference {
        if (!isName(owner) || !isName(name)) {
            throw invalid(
                    SCHEME + owner + "/" + name + " does not name a repository",
                    "an owner and a name have letters, digits, '-', '_' and '.', at most " + MAX_NAME_LENGTH
                            + ", and neither start nor end with '-' or '.'",
                    "write " + SCHEME + "owner/name@commit, as in the address of the model's page");
        }
        if (!COMMIT.matcher(commit).matches()) {
            throw moving(owner + "/" + name, commit);
        }
        if (!file.isEmpty() && (!RepositoryPath.isPlain(file) || !file.endsWith(GGUF))) {
            throw invalid(
                    "File " + file + " of " + SCHEME + owner + "/" + name + " cannot be a model",
                    "behind the commit only the path of one " + GGUF + " file may follow",
                    "leave it out to take the folder with safetensors, or name a " + GGUF + " file");
        }
    }

    /** Whether a model path has this form, right or wrong. */
    public static boolean isSpelledBy(String path) {
        return path.startsWith(SCHEME);
    }

    /** Takes a spelling apart; fails with USAGE when it is not a repository, a commit and at most a GGUF file. */
    public static HubReference parse(String path) {
        String rest = path.substring(SCHEME.length());
        int at = rest.indexOf('@');
        String repository = at < 0 ? rest : rest.substring(0, at);
        String revision = at < 0 ? "" : rest.substring(at + 1);
        int nameStart = repository.indexOf('/');
        int fileStart = revision.indexOf('/');
        if (fileStart == revision.length() - 1 && fileStart >= 0) {
            throw invalid(
                    "Model " + path + " ends with a slash",
                    "behind it the path of a " + GGUF + " file is missing",
                    "remove the slash to take the folder with safetensors");
        }
        return new HubReference(
                repository.substring(0, Math.max(0, nameStart)),
                repository.substring(nameStart + 1),
                fileStart < 0 ? revision : revision.substring(0, fileStart),
                revision.substring(fileStart < 0 ? revision.length() : fileStart + 1));
    }

    /** Owner and name, as in the address of the model's page. */
    public String repository() {
        return owner + "/" + name;
    }

    /** The GGUF file, if one is named. */
    public Optional<String> ggufFile() {
        return Optional.of(file).filter(path -> !path.isEmpty());
    }

    /** The command that brings the model into the cache without Demur. */
    String fetchCommand() {
        return "huggingface-cli download " + repository()
                + ggufFile().map(path -> " " + path).orElse("") + " --revision " + commit;
    }

    @Override
    public String toString() {
        return SCHEME + repository() + "@" + commit
                + ggufFile().map(path -> "/" + path).orElse("");
    }

    private static boolean isName(String text) {
        return text.length() <= MAX_NAME_LENGTH
                && WORD.matcher(text).matches()
                && !text.contains("--")
                && !text.contains("..");
    }

    private static JobException moving(String repository, String revision) {
        String page = "https://huggingface.co/" + repository;
        return invalid(
                revision.isEmpty()
                        ? "Model " + SCHEME + repository + " names no commit"
                        : "Model " + SCHEME + repository + "@" + revision + " does not name a commit",
                "a branch or a tag can move to other weights, and the run ids of this job file would then lie;"
                        + " only the 40 lower-case hex digits of a commit stay what they are",
                "write " + SCHEME + repository + "@COMMIT; " + page + "/commits/main lists the commits, and so does"
                        + " git ls-remote " + page);
    }

    private static JobException invalid(String what, String why, String todo) {
        return new JobException(ExitCode.USAGE, what, why, todo);
    }
}
