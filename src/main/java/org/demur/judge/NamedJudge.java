package org.demur.judge;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.demur.config.CanonicalJson;
import org.demur.table.Sha256;

/** A judge under the name that tables call it. */
public record NamedJudge(String name, Judge judge) implements Serializable {
    /** SHA-256 in hex of what the judge's answers depend on; the name does not matter. */
    public String digest() {
        String identity = CanonicalJson.of(Map.of("kind", judge.kind(), "identity", judge.identity()));
        return HexFormat.of().formatHex(Sha256.of(identity.getBytes(StandardCharsets.UTF_8)));
    }
}
