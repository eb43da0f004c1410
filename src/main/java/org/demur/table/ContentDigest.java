package org.demur.table;

import java.io.ByteArrayOutputStream;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Digest of the rows of a table that does not depend on their order or on how they are spread over files: the sum
 * modulo 2^256 of the SHA-256 of each row's canonical bytes. Equal rows count as often as they occur.
 */
record ContentDigest(long rows, BigInteger sum) implements Serializable {
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);
    private static final ContentDigest EMPTY = new ContentDigest(0, BigInteger.ZERO);

    /** Reads the whole table once, in parallel. */
    static ContentDigest of(Dataset<Row> table) {
        List<ContentDigest> partitions =
                table.toJavaRDD().mapPartitions(ContentDigest::ofRows).collect();
        return partitions.stream().reduce(EMPTY, ContentDigest::plus);
    }

    /** 64 hexadecimal digits. */
    String hex() {
        return String.format(Locale.ROOT, "%064x", sum);
    }

    private static Iterator<ContentDigest> ofRows(Iterator<Row> rows) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long count = 0;
        BigInteger sum = BigInteger.ZERO;
        while (rows.hasNext()) {
            bytes.reset();
            RowEncoding.write(rows.next(), bytes);
            sum = sum.add(new BigInteger(1, Sha256.of(bytes.toByteArray())));
            count++;
        }
        return List.of(new ContentDigest(count, sum.mod(MODULUS))).iterator();
    }

    private ContentDigest plus(ContentDigest other) {
        return new ContentDigest(rows + other.rows, sum.add(other.sum).mod(MODULUS));
    }
}
