package org.demur.judge;

import java.io.Serializable;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.engine.HfTokenizer;
import org.demur.refusal.NextToken;

/**
 * The tokens by which a classifier says yes or no: a word in its spellings with and without a space and a capital,
 * where one token holds it; where none does, the tokens with which it begins.
 */
record AnswerTokens(int[] yes, int[] no) implements Serializable {

    /** Fails with MISMATCH if the tokenizer cannot tell the words apart by one token. */
    static AnswerTokens of(HfTokenizer tokenizer, String yes, String no) {
        Set<Integer> yesTokens = tokens(tokenizer, yes);
        Set<Integer> noTokens = tokens(tokenizer, no);
        Set<Integer> shared = new TreeSet<>(yesTokens);
        shared.retainAll(noTokens);
        yesTokens.removeAll(shared);
        noTokens.removeAll(shared);
        if (yesTokens.isEmpty() || noTokens.isEmpty()) {
            throw new JobException(
                    ExitCode.MISMATCH,
                    "The judge's tokenizer begins '" + yes + "' and '" + no + "' with the same tokens",
                    "one forward pass can then not tell the answers apart",
                    "use another model as judge, or another template");
        }
        return new AnswerTokens(ints(yesTokens), ints(noTokens));
    }

    /** The outcome of next-token logits: log-odds of yes against no, and the probability of both together. */
    Outcome outcome(float[] logits_V) {
        double logOdds = logSumExp(logits_V, yes) - logSumExp(logits_V, no);
        double[] p_V = NextToken.probabilities(logits_V);
        double mass = IntStream.concat(IntStream.of(yes), IntStream.of(no))
                .mapToDouble(token -> p_V[token])
                .sum();
        return Outcome.ofLogOdds(logOdds, mass);
    }

    private static Set<Integer> tokens(HfTokenizer tokenizer, String word) {
        String capital = word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
        Set<Integer> whole = new TreeSet<>();
        Set<Integer> first = new TreeSet<>();
        Stream.of(word, capital, word.toUpperCase(Locale.ROOT))
                .flatMap(spelling -> Stream.of(spelling, " " + spelling))
                .map(tokenizer::encodeText)
                .forEach(ids -> {
                    first.add(ids[0]);
                    if (ids.length == 1) {
                        whole.add(ids[0]);
                    }
                });
        return whole.isEmpty() ? first : whole;
    }

    private static int[] ints(Set<Integer> tokens) {
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    private static double logSumExp(float[] logits_V, int[] tokens) {
        double highest =
                IntStream.of(tokens).mapToDouble(v -> logits_V[v]).max().orElseThrow();
        double sum = 0;
        for (int token : tokens) {
            sum += Math.exp(logits_V[token] - highest);
        }
        return highest + Math.log(sum);
    }
}
