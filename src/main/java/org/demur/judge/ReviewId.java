package org.demur.judge;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.demur.table.Sha256;

/** What a review sheet calls a pair: 16 hexadecimal digits that follow from both texts and tell nothing of the cell. */
final class ReviewId {
    private static final int BYTES = 8;

    private ReviewId() {}

    static String of(PairKey key) {
        String both = "review\n" + key.promptDigest() + "\n" + key.subjectDigest();
        return HexFormat.of().formatHex(Sha256.of(both.getBytes(StandardCharsets.UTF_8)), 0, BYTES);
    }
}
