package org.demur.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.demur.ExitCode;
import org.demur.JobException;

/** The field {@code prompt} of JSON Lines, in a file or in a resource named {@code classpath:NAME}. */
final class PromptTexts {
    private static final String CLASSPATH = "classpath:";
    private static final ObjectMapper JSON = new ObjectMapper();

    private PromptTexts() {}

    /** The first {@code count} prompts, or all when there are fewer. */
    static List<String> read(String source, int count) {
        List<String> texts = new ArrayList<>();
        try (InputStream in = open(source);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null && texts.size() < count; line = lines.readLine()) {
                texts.add(text(JSON.readTree(line), source, texts.size() + 1));
            }
        } catch (IOException e) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "Prompt file " + source + " cannot be read after " + texts.size() + " rows",
                    "it does not exist, or is not JSON Lines",
                    "give another file with --prompts",
                    e);
        }
        if (texts.isEmpty()) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "No prompt was read of " + source,
                    "the file is empty, or --count is not positive",
                    "give another file with --prompts, or another --count");
        }
        return texts;
    }

    private static String text(JsonNode row, String source, int number) {
        if (!row.path("prompt").isTextual()) {
            throw new JobException(
                    ExitCode.BAD_DATA,
                    "Row " + number + " of " + source + " has no prompt",
                    "a benchmark reads the text field prompt of every row",
                    "give another file with --prompts");
        }
        return row.path("prompt").textValue();
    }

    private static InputStream open(String source) throws IOException {
        if (!source.startsWith(CLASSPATH)) {
            return Files.newInputStream(Path.of(source));
        }
        InputStream in = PromptTexts.class.getResourceAsStream(source.substring(CLASSPATH.length()));
        if (in == null) {
            throw new IOException("No resource " + source);
        }
        return in;
    }
}
