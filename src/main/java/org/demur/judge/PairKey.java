package org.demur.judge;

import java.io.Serializable;

/** Names what is judged by digests: SHA-256 in hex of the prompt, and of the {@link Subject}. */
public record PairKey(String promptDigest, String subjectDigest) implements Serializable {}
