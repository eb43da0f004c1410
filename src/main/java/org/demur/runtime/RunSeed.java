package org.demur.runtime;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.demur.table.Sha256;

/**
 * The one seed of a study. Every random stream is seeded from it, a purpose and indices such as shard and step, so
 * that no stream depends on how often or in which order others are drawn.
 */
public record RunSeed(long value) implements Serializable {

    /** A seed for one purpose: the first 8 bytes of SHA-256 over the seed, the purpose and the indices. */
    public long derive(String purpose, long... indices) {
        MessageDigest digest = Sha256.digest();
        byte[] name = purpose.getBytes(StandardCharsets.UTF_8);
        ByteBuffer numbers = ByteBuffer.allocate(Long.BYTES * (indices.length + 2));
        numbers.putLong(value).putLong(name.length);
        for (long index : indices) {
            numbers.putLong(index);
        }
        digest.update(numbers.array());
        digest.update(name);
        return ByteBuffer.wrap(digest.digest()).getLong();
    }
}
