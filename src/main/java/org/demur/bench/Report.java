package org.demur.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The result of a benchmark: a line for people, then one line of JSON with five significant digits. */
final class Report {
    private static final MathContext DIGITS = new MathContext(5);
    private static final double GIB = 1L << 30;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new SimpleModule()
                    .addSerializer(double.class, new Rounded())
                    .addSerializer(Double.class, new Rounded()))
            .build();

    private final Map<String, Object> fields = new LinkedHashMap<>();

    private Report() {}

    /** A report that says what ran, and where. */
    static Report of(String bench, RunOptions options, LoadedModel loaded) {
        return new Report()
                .with("bench", bench)
                .with("lib", "demur")
                .with("model", loaded.name())
                .with("threads", options.threads())
                .with("java", Runtime.version().feature())
                .with("cpus", Runtime.getRuntime().availableProcessors());
    }

    /** A report of something that runs without a language model. */
    static Report plain(String bench) {
        return new Report()
                .with("bench", bench)
                .with("java", Runtime.version().feature())
                .with("cpus", Runtime.getRuntime().availableProcessors());
    }

    Report with(String name, Object value) {
        fields.put(name, value);
        return this;
    }

    Report withAll(Map<String, Object> more) {
        fields.putAll(more);
        return this;
    }

    /** Prints {@code line}, and all fields with the peak of resident memory as JSON. */
    void print(PrintWriter out, String line) {
        ProcFiles.memory_bytes("VmHWM").ifPresent(bytes -> fields.put("peak_rss_gib", bytes / GIB));
        out.println(line);
        out.println(json(fields));
        out.flush();
    }

    static String json(Map<String, Object> fields) {
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("Not expressible as JSON: " + fields.keySet(), e);
        }
    }

    /** A rate with its range for people. */
    static String text(Spread spread) {
        return String.format(Locale.ROOT, "%.1f (%.1f to %.1f)", spread.median(), spread.min(), spread.max());
    }

    private static final class Rounded extends JsonSerializer<Double> {
        @Override
        public void serialize(Double value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeNumber(
                    new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString());
        }
    }
}
