package org.demur.sae.format;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Settings files that are written. */
final class JsonFile {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private JsonFile() {}

    static void write(Path file, ObjectNode object) {
        try {
            Files.write(file, JSON.writeValueAsBytes(object));
        } catch (IOException e) {
            throw FormatRefusal.unwritable(file, e);
        }
    }
}
