package org.demur.engine;

import java.util.Arrays;
import java.util.function.Supplier;

/** One continuation while it grows. */
final class DecodingRow {
    private final Cluster.Row row;
    private final GenerationPlan plan;
    private final int[] generated;
    private int count;
    private boolean stopped;

    DecodingRow(Cluster.Row row, GenerationPlan plan) {
        this.row = row;
        this.plan = plan;
        this.generated = new int[plan.maxNewTokens()];
    }

    Cluster.Row row() {
        return row;
    }

    /** Generated tokens so far. */
    int count() {
        return count;
    }

    boolean isFinished() {
        return stopped || count == generated.length;
    }

    /** Cache slot of the newest token, which is its position. */
    int slot() {
        return row.length() + Math.max(0, count - 1);
    }

    int newest() {
        return generated[Math.max(0, count - 1)];
    }

    boolean mayStop() {
        return count >= plan.minNewTokens();
    }

    double uniform() {
        return TokenSampler.uniform(row.sequence().seed(), count);
    }

    void accept(int token, Supplier<HfTokenizer> tokenizer) {
        if (plan.stopTokens().contains(token)) {
            stopped = true;
            return;
        }
        generated[count++] = token;
        if (!plan.stopStrings().isEmpty() && mayStop()) {
            stopped = plan.stopAt(tokenizer.get().decode(tokens())).isPresent();
        }
    }

    private int[] tokens() {
        return Arrays.copyOf(generated, count);
    }

    Generation generation() {
        return new Generation(tokens(), stopped ? Generation.Finish.STOP : Generation.Finish.LENGTH);
    }
}
