package org.demur.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/** The file that says over which safetensors files a large model is spread. */
final class ShardIndex {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private ShardIndex() {}

    /** The names of the files, in alphabetical order; fails with MISMATCH when one of them leads elsewhere. */
    static List<String> shards(Path index) {
        TreeSet<String> names = new TreeSet<>();
        try {
            for (JsonNode name : MAPPER.readTree(index.toFile()).path("weight_map")) {
                names.add(name.asText());
            }
        } catch (IOException e) {
            throw HubFailure.broken(index + " is not valid JSON");
        }
        for (String name : names) {
            if (!RepositoryPath.isPlain(name) || name.indexOf('/') >= 0) {
                throw HubFailure.broken(index + " names the file " + name + ", which is not beside it");
            }
        }
        if (names.isEmpty()) {
            throw HubFailure.broken(index + " names no files");
        }
        return List.copyOf(names);
    }
}
