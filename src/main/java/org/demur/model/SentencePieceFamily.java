package org.demur.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a SentencePiece vocabulary in a GGUF file leaves unsaid, by {@code general.architecture}.
 *
 * <p>The choices are those of the reader of GGUF files in the transformers library 5.23, with one exception: behind
 * Phi-3's control tokens space vanishes, as the publisher's tokenizer.json and llama.cpp have it.
 */
enum SentencePieceFamily {
    /** Llama 1 and 2, Mistral, and every other architecture. */
    LLAMA(Set.of(), SpacePrefix.TEXT),
    GEMMA(Set.of("gemma", "gemma2", "gemma3"), SpacePrefix.NONE),
    PHI3(Set.of("phi3"), SpacePrefix.STRETCH);

    private static final Set<String> KEEPING_SPACE = Set.of("<unk>", "<s>", "<|endoftext|>");
    private static final String SPACE = "▁";

    private final Set<String> architectures;
    private final SpacePrefix usual;

    SentencePieceFamily(Set<String> architectures, SpacePrefix usual) {
        this.architectures = architectures;
        this.usual = usual;
    }

    /**
     * The scheme of a vocabulary. A file that lists no merges holds a unigram model if some normal token's score has a
     * fraction: byte-pair training scores tokens by rank, in whole numbers, and unigram training by log-probability.
     */
    static TokenizerScheme scheme(GgufVocabulary vocabulary) {
        GgufMetadata metadata = vocabulary.metadata();
        String architecture = metadata.text("general.architecture").orElse("");
        SentencePieceFamily family = LLAMA;
        for (SentencePieceFamily candidate : values()) {
            family = candidate.architectures.contains(architecture) ? candidate : family;
        }
        if (metadata.flag(GgufVocabulary.PREFIX + "remove_extra_whitespaces").orElse(false)) {
            throw Refusal.unsupported(metadata.path(), "key tokenizer.ggml.remove_extra_whitespaces is true");
        }
        SpacePrefix prefix = metadata.flag(GgufVocabulary.PREFIX + "add_space_prefix")
                .map(family::prefix)
                .orElse(family.usual);
        if (family != GEMMA && vocabulary.merges().isEmpty() && holdsLogProbabilities(vocabulary)) {
            return new SentencePieceUnigram(vocabulary, family, prefix);
        }
        return new SentencePieceBpe(family.respell(vocabulary), family, prefix);
    }

    boolean swallowsSpaceBehind(String control) {
        return this == PHI3 && !KEEPING_SPACE.contains(control);
    }

    /** What merges are ordered by, the highest first; Gemma's scores are not in the order of its merges. */
    double[] priorities(GgufVocabulary vocabulary) {
        if (this != GEMMA) {
            return vocabulary.scores();
        }
        double[] priorities = new double[vocabulary.size()];
        for (int id = 0; id < priorities.length; id++) {
            priorities[id] = -id;
        }
        return priorities;
    }

    private SpacePrefix prefix(boolean added) {
        if (!added) {
            return SpacePrefix.NONE;
        }
        return usual == SpacePrefix.NONE ? SpacePrefix.TEXT : usual;
    }

    /** Gemma's runs of spaces are stored as such, and looked up after spaces were respelt. */
    private GgufVocabulary respell(GgufVocabulary vocabulary) {
        if (this != GEMMA) {
            return vocabulary;
        }
        List<String> spellings = new ArrayList<>(vocabulary.size());
        for (String token : vocabulary.tokens()) {
            boolean spaces = token.startsWith(" ") && token.isBlank();
            spellings.add(spaces ? SPACE.repeat(token.length()) : token);
        }
        return vocabulary.respelt(spellings);
    }

    private static boolean holdsLogProbabilities(GgufVocabulary vocabulary) {
        double[] scores = vocabulary.scores();
        for (int id = 0; id < scores.length; id++) {
            if (vocabulary.types().get(id) == TokenType.NORMAL && scores[id] != Math.rint(scores[id])) {
                return true;
            }
        }
        return false;
    }
}
