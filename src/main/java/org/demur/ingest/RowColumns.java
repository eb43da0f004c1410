package org.demur.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Collects the columns of one row and judges their types. */
final class RowColumns {
    private final long line;
    private final Map<String, JsonNode> own = new HashMap<>();
    private final Map<String, String> extra = new TreeMap<>();

    RowColumns(long line) {
        this.line = line;
    }

    void put(String column, JsonNode value) {
        switch (column) {
            case "id", "prompt", "target", "label", "category" -> own.put(column, value);
            default -> {
                if (!value.isNull()) {
                    extra.put(column, value.isTextual() ? value.textValue() : value.toString());
                }
            }
        }
    }

    void put(String column, String value) {
        put(column, TextNode.valueOf(value));
    }

    SourceRow row() {
        for (String column : new String[] {"id", "prompt", "target", "label", "category"}) {
            JsonNode value = own.get(column);
            boolean isFine = value == null
                    || value.isNull()
                    || value.isTextual()
                    || value.isIntegralNumber() && !column.equals("prompt");
            if (!isFine) {
                return rejected(RejectReason.WRONG_TYPE, column + " is " + value.getNodeType());
            }
        }
        if (text("id").isBlank()) {
            return rejected(RejectReason.MISSING_ID, "");
        }
        if (!own.containsKey("prompt") || own.get("prompt").isNull()) {
            return rejected(RejectReason.MISSING_PROMPT, "");
        }
        return new SourceRow.Read(
                line, text("id"), text("prompt"), text("target"), text("label"), text("category"), extra);
    }

    private String text(String column) {
        JsonNode value = own.get(column);
        return value == null || value.isNull() || value.isContainerNode() ? "" : value.asText();
    }

    private SourceRow rejected(RejectReason reason, String detail) {
        return new SourceRow.Rejected(line, text("id"), reason, detail);
    }
}
