package org.demur.hub;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Which files of a repository make up a model. Nothing that could carry code is among them. */
final class ModelFiles {
    static final List<String> REQUIRED = List.of("config.json", "tokenizer.json");
    static final String WEIGHTS = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private static final String SAFETENSORS = ".safetensors";
    private static final Set<String> TEXTS = Set.of(
            "config.json",
            "generation_config.json",
            "special_tokens_map.json",
            "chat_template.jinja",
            "chat_template.json");

    private ModelFiles() {}

    /** Configuration, tokenizer and template, in alphabetical order. */
    static List<String> texts(Collection<String> listed) {
        return listed.stream()
                .filter(name -> TEXTS.contains(name) || isTokenizer(name))
                .sorted()
                .toList();
    }

    /** Safetensors at the top of the repository, in alphabetical order; copies in other formats lie in subfolders. */
    static List<String> weights(Collection<String> listed) {
        return listed.stream()
                .filter(name -> name.endsWith(SAFETENSORS) && name.indexOf('/') < 0)
                .sorted()
                .toList();
    }

    /** GGUF files anywhere in the repository, in alphabetical order. */
    static List<String> ggufs(Collection<String> listed) {
        return listed.stream().filter(name -> name.endsWith(".gguf")).sorted().toList();
    }

    /** Whether the folder has any safetensors. */
    static boolean holdsWeights(Path folder) {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*" + SAFETENSORS)) {
            return found.iterator().hasNext();
        } catch (IOException e) {
            throw HubFailure.disk(folder, e);
        }
    }

    private static boolean isTokenizer(String name) {
        return name.startsWith("tokenizer") && name.endsWith(".json") && name.indexOf('/') < 0;
    }
}
