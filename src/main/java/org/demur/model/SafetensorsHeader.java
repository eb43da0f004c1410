package org.demur.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The checked header of a safetensors file: 8 bytes of length, that many bytes of JSON, data.
 *
 * <p>The tensors must cover the data section exactly, without overlap and without gaps.
 */
final class SafetensorsHeader {
    private static final int LENGTH_BYTES = 8;
    private static final long MAX_HEADER_BYTES = 100_000_000;
    private static final int MAX_TENSORS = 200_000;
    private static final int MAX_DIMENSIONS = 16;
    private static final String METADATA = "__metadata__";

    private final Path path;
    private final long dataStart;
    private final long dataBytes;
    private final SortedMap<String, TensorSpan> spans = new TreeMap<>();
    private final SortedMap<String, String> metadata = new TreeMap<>();

    private SafetensorsHeader(Path path, long dataStart, long dataBytes) {
        this.path = path;
        this.dataStart = dataStart;
        this.dataBytes = dataBytes;
    }

    static SafetensorsHeader read(MappedFile file) {
        Path path = file.path();
        if (file.size() < LENGTH_BYTES) {
            throw Refusal.broken(path, "has only " + file.size() + " bytes, no header length");
        }
        long length = file.longAt(0);
        if (length <= 0 || length > MAX_HEADER_BYTES) {
            throw Refusal.broken(path, "declares a header of " + Long.toUnsignedString(length) + " bytes");
        }
        if (!file.holds(LENGTH_BYTES, length)) {
            throw Refusal.broken(path, "declares a header of " + length + " bytes, beyond its " + file.size());
        }
        byte[] json = file.bytes(LENGTH_BYTES, (int) length);
        if (json[0] != '{') {
            throw Refusal.broken(path, "has a header that does not begin with {");
        }
        long start = LENGTH_BYTES + length;
        SafetensorsHeader header = new SafetensorsHeader(path, start, file.size() - start);
        header.parse(json);
        header.checkCoverage();
        return header;
    }

    SortedMap<String, TensorSpan> spans() {
        return spans;
    }

    Map<String, String> metadata() {
        return metadata;
    }

    private void parse(byte[] json) {
        try (JsonParser parser = StrictJson.parser(json)) {
            parser.nextToken();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                expect(parser.nextToken() == JsonToken.START_OBJECT, name, "is not an object");
                if (name.equals(METADATA)) {
                    parseMetadata(parser);
                } else {
                    spans.put(name, new Entry(name).parse(parser));
                    expect(spans.size() <= MAX_TENSORS, name, "exceeds " + MAX_TENSORS + " tensors");
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw Refusal.broken(path, "header has something behind its object");
            }
        } catch (IOException e) {
            throw Refusal.broken(path, "header " + StrictJson.reason(e));
        }
    }

    private void parseMetadata(JsonParser parser) throws IOException {
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            expect(parser.nextToken() == JsonToken.VALUE_STRING, METADATA + "." + key, "is not a string");
            metadata.put(key, parser.getText());
        }
    }

    private void checkCoverage() {
        List<TensorSpan> byPosition = new ArrayList<>(spans.values());
        byPosition.sort(Comparator.comparingLong(TensorSpan::position).thenComparingLong(TensorSpan::end));
        long covered = dataStart;
        for (TensorSpan span : byPosition) {
            String name = span.info().name();
            expect(span.position() >= covered, name, "overlaps the tensor before it");
            expect(span.position() <= covered, name, "leaves a gap before it");
            covered = span.end();
        }
        if (covered != dataStart + dataBytes) {
            throw Refusal.broken(path, "has " + (dataStart + dataBytes - covered) + " bytes that belong to no tensor");
        }
    }

    private void expect(boolean holds, String name, String detail) {
        if (!holds) {
            throw Refusal.broken(path, "entry " + name + " " + detail);
        }
    }

    /** One tensor's entry while it is parsed. */
    private final class Entry {
        private final String name;
        private String dtype = "";
        private List<Long> shape = List.of();
        private List<Long> offsets = List.of();
        private boolean hasShape;

        private Entry(String name) {
            this.name = name;
        }

        private TensorSpan parse(JsonParser parser) throws IOException {
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                JsonToken token = parser.nextToken();
                switch (key) {
                    case "dtype" -> {
                        expect(token == JsonToken.VALUE_STRING, name, "has a dtype that is not a string");
                        dtype = parser.getText();
                    }
                    case "shape" -> {
                        shape = wholes(parser, "shape");
                        hasShape = true;
                    }
                    case "data_offsets" -> offsets = wholes(parser, "data_offsets");
                    default -> expect(false, name, "has the unknown field " + key);
                }
            }
            return checked();
        }

        private List<Long> wholes(JsonParser parser, String field) throws IOException {
            expect(parser.currentToken() == JsonToken.START_ARRAY, name, "has no list as " + field);
            List<Long> values = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                expect(
                        parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.getLongValue() >= 0,
                        name,
                        "has something other than whole numbers >= 0 in " + field);
                expect(values.size() < MAX_DIMENSIONS, name, "has too many numbers in " + field);
                values.add(parser.getLongValue());
            }
            return values;
        }

        private TensorSpan checked() {
            DType type = DType.ofSafetensors(dtype)
                    .orElseThrow(() -> Refusal.broken(path, "entry " + name + " has the unknown dtype " + dtype));
            expect(hasShape, name, "has no shape");
            expect(offsets.size() == 2, name, "does not have two data_offsets");
            long begin = offsets.get(0);
            long end = offsets.get(1);
            expect(begin <= end, name, "has reversed data_offsets");
            expect(end <= dataBytes, name, "ends at byte " + end + " of " + dataBytes + " of data");
            long[] dimensions = shape.stream().mapToLong(Long::longValue).toArray();
            expect(
                    Extent.byteCount(dimensions, type).orElse(-1) == end - begin,
                    name,
                    "has a shape and dtype that do not fill its " + (end - begin) + " bytes");
            return new TensorSpan(new TensorInfo(name, dimensions, type), dataStart + begin, end - begin);
        }
    }
}
