package org.demur.ingest;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Judges rows that were read: their id within the set, and whether their texts can be tokenised as they are. */
final class TextChecks {
    private final int maxBytes;
    private final Set<String> ids = new HashSet<>();

    TextChecks(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** The reason to set the row aside, if there is one; remembers the id otherwise. */
    Optional<SourceRow.Rejected> judge(SourceRow.Read row) {
        if (ids.contains(row.id())) {
            return rejected(row, RejectReason.DUPLICATE_ID, "");
        }
        if (row.prompt().isBlank()) {
            return rejected(row, RejectReason.EMPTY_PROMPT, row.prompt().length() + " characters");
        }
        for (String text : new String[] {row.id(), row.prompt(), row.target()}) {
            Optional<SourceRow.Rejected> bad = judge(row, text);
            if (bad.isPresent()) {
                return bad;
            }
        }
        ids.add(row.id());
        return Optional.empty();
    }

    private Optional<SourceRow.Rejected> judge(SourceRow.Read row, String text) {
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            return rejected(row, RejectReason.NUL_CHARACTER, "at character " + nul);
        }
        int lone = loneSurrogate(text);
        if (lone >= 0) {
            return rejected(row, RejectReason.LONE_SURROGATE, "at character " + lone);
        }
        int bytes = text.length() * 3 < maxBytes ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
        return bytes > maxBytes ? rejected(row, RejectReason.TOO_LONG, bytes + " bytes") : Optional.empty();
    }

    private static int loneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (Character.isHighSurrogate(unit)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(unit)) {
                return i;
            }
        }
        return -1;
    }

    private static Optional<SourceRow.Rejected> rejected(SourceRow.Read row, RejectReason reason, String detail) {
        String id = loneSurrogate(row.id()) < 0 ? row.id() : "";
        return Optional.of(new SourceRow.Rejected(row.line(), id, reason, detail));
    }
}
