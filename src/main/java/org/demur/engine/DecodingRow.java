package org.demur.engine;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/** One continuation while it grows, or the unedited run beside one, which repeats its tokens. */
final class DecodingRow {
    private final Cluster.Row row;
    private final GenerationPlan plan;
    private final int[] generated;
    private final Optional<DecodingRow> followed;
    private int count;
    private boolean stopped;

    DecodingRow(Cluster.Row row, GenerationPlan plan) {
        this(row, plan, Optional.empty());
    }

    private DecodingRow(Cluster.Row row, GenerationPlan plan, Optional<DecodingRow> followed) {
        this.row = row;
        this.plan = plan;
        this.followed = followed;
        this.generated = new int[followed.isPresent() ? 0 : plan.maxNewTokens()];
    }

    /** A row that has this one's tokens, whatever it would choose itself. */
    DecodingRow twin(Cluster.Row unedited) {
        return new DecodingRow(unedited, plan, Optional.of(this));
    }

    /** Whether this row is the unedited run of the other. */
    boolean follows(DecodingRow other) {
        return followed.isPresent() && followed.get() == other;
    }

    boolean isTwin() {
        return followed.isPresent();
    }

    Cluster.Row row() {
        return row;
    }

    /** Generated tokens so far. */
    int count() {
        return followed.isPresent() ? followed.get().count : count;
    }

    boolean isFinished() {
        return followed.isPresent() ? followed.get().isFinished() : stopped || count == generated.length;
    }

    /** Cache slot of the newest token, which is its position. */
    int slot() {
        return row.length() + Math.max(0, count() - 1);
    }

    int newest() {
        return followed.isPresent() ? followed.get().newest() : generated[Math.max(0, count - 1)];
    }

    boolean mayStop() {
        return count() >= plan.minNewTokens();
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
