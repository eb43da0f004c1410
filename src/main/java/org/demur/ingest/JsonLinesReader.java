package org.demur.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.function.Predicate;

/** JSON Lines: one object a line, in UTF-8; blank lines are skipped. */
final class JsonLinesReader implements PromptReader {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    @Override
    public void read(PromptSet set, Predicate<SourceRow> sink) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(set.path()), 1 << 16)) {
            ByteLines lines = new ByteLines(in);
            boolean wanted = true;
            while (wanted && lines.next()) {
                wanted = lines.isBlank() || sink.test(row(lines));
            }
        } catch (IOException e) {
            throw SourceFile.unreadable(set.path(), e);
        }
    }

    private static SourceRow row(ByteLines lines) {
        long line = lines.number();
        if (lines.isTruncated()) {
            return new SourceRow.Rejected(
                    line, "", RejectReason.TOO_LONG, "line over " + ByteLines.MAX_BYTES + " bytes");
        }
        try {
            JsonNode node = JSON.readTree(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(lines.bytes()))
                    .toString());
            if (!node.isObject()) {
                return new SourceRow.Rejected(
                        line, "", RejectReason.BROKEN_JSON, "not an object but " + node.getNodeType());
            }
            RowColumns columns = new RowColumns(line);
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                columns.put(field.getKey(), field.getValue());
            }
            return columns.row();
        } catch (CharacterCodingException e) {
            return new SourceRow.Rejected(line, "", RejectReason.BROKEN_JSON, "not UTF-8");
        } catch (JsonProcessingException e) {
            return new SourceRow.Rejected(
                    line,
                    "",
                    RejectReason.BROKEN_JSON,
                    "malformed at column " + e.getLocation().getColumnNr());
        }
    }
}
