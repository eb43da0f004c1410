package org.demur.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON of untrusted files: strict UTF-8, no duplicate keys, bounded nesting, nothing behind. */
public final class StrictJson {
    /** The largest JSON side file: above the 33 MB of the largest tokenizer.json in use. */
    static final int MAX_FILE_BYTES = 64 << 20;

    private static final int MAX_NESTING = 64;
    private static final int MAX_POINTER_CHARACTERS = 256;

    private static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_NESTING)
                            .maxStringLength(MAX_FILE_BYTES)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    private StrictJson() {}

    static ObjectMapper mapper() {
        return MAPPER;
    }

    /** A parser that reports malformed UTF-8 instead of replacing it. */
    static JsonParser parser(byte[] utf8) throws IOException {
        return MAPPER.getFactory()
                .createParser(new InputStreamReader(
                        new ByteArrayInputStream(utf8),
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .onMalformedInput(CodingErrorAction.REPORT)
                                .onUnmappableCharacter(CodingErrorAction.REPORT)));
    }

    /**
     * Reads a JSON object from a file.
     *
     * @throws org.demur.JobException if it is missing, no UTF-8, no JSON object or names a key twice
     */
    public static JsonNode object(Path file) {
        try (JsonParser parser = parser(bytes(file))) {
            JsonNode tree = MAPPER.readTree(parser);
            if (tree == null || !tree.isObject()) {
                throw Refusal.broken(file, "is not a JSON object");
            }
            if (parser.nextToken() != null) {
                throw Refusal.broken(file, "has something behind its JSON object");
            }
            return tree;
        } catch (IOException e) {
            throw Refusal.broken(file, reason(e));
        }
    }

    /** Reads a text file, checking that it is UTF-8. */
    static String text(Path file) {
        byte[] bytes = bytes(file);
        return Utf8.decode(bytes).orElseThrow(() -> Refusal.broken(file, "is not UTF-8"));
    }

    static String reason(IOException e) {
        if (!(e instanceof JsonProcessingException json)) {
            return "is not valid UTF-8 JSON (" + e.getClass().getSimpleName() + ")";
        }
        return "is not valid JSON" + place(json) + ": " + json.getOriginalMessage();
    }

    private static String place(JsonProcessingException json) {
        if (!(json.getProcessor() instanceof JsonParser parser)
                || parser.getParsingContext().pathAsPointer().matches()) {
            return "";
        }
        String pointer = parser.getParsingContext().pathAsPointer().toString();
        return " at " + pointer.substring(0, Math.min(pointer.length(), MAX_POINTER_CHARACTERS));
    }

    private static byte[] bytes(Path file) {
        if (!Files.isRegularFile(file)) {
            throw Refusal.missing(file, "no such regular file");
        }
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw Refusal.broken(file, "has more than " + MAX_FILE_BYTES + " bytes");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw Refusal.missing(file, "cannot be read (" + e.getMessage() + ")");
        }
    }
}
