package org.demur.ingest;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.prompts.TextKey;

/** Takes in the rows of one prompt set: each is published, set aside or left to other sets, none disappears. */
final class SetIntake {
    private final PromptSet set;
    private final PromptEncoder encoder;
    private final TextChecks checks;
    private final List<Row> published = new ArrayList<>();
    private final List<Row> quarantined = new ArrayList<>();
    private final Set<TextKey> elsewhere;
    private final Set<TextKey> keys = new HashSet<>();
    private long accepted;
    private long leftOut;

    /**
     * @param elsewhere texts of the sets that this one drops
     */
    SetIntake(PromptSet set, PromptEncoder encoder, Set<TextKey> elsewhere) {
        this.set = set;
        this.encoder = encoder;
        this.elsewhere = elsewhere;
        this.checks = new TextChecks(set.limits().maxBytes());
    }

    /** Takes the next row of a file; false when the limit of the set is reached. */
    boolean take(SourceRow row) {
        if (row instanceof SourceRow.Rejected rejected) {
            setAside(rejected);
        } else if (row instanceof SourceRow.Read read) {
            objection(read).ifPresentOrElse(this::setAside, () -> encode(read));
        }
        return isWanted();
    }

    /** Takes the next window of a text; false when the limit of the set is reached. */
    boolean take(TokenisedRow window) {
        objection(window.source()).ifPresentOrElse(this::setAside, () -> publish(window.source(), List.of(window)));
        return isWanted();
    }

    /** Rows of the table {@code prompts}, in file order. */
    List<Row> published() {
        return published;
    }

    /** Rows of the table {@code quarantine}, in file order. */
    List<Row> quarantined() {
        return quarantined;
    }

    /** Source rows published; a row with two renderings counts once. */
    long accepted() {
        return accepted;
    }

    /** Good rows that other sets or no set take; they are among the quarantined. */
    long leftOut() {
        return leftOut;
    }

    /** Keys of the texts published. */
    Set<TextKey> keys() {
        return keys;
    }

    private Optional<SourceRow.Rejected> objection(SourceRow.Read read) {
        String label = set.label().isEmpty() ? read.label() : set.label();
        return checks.judge(read).or(() -> set.selection().objection(read, label, elsewhere));
    }

    private void encode(SourceRow.Read read) {
        try {
            publish(read, encoder.encode(read, set));
        } catch (JobException e) {
            if (e.exitCode() != ExitCode.BAD_DATA) {
                throw e;
            }
            setAside(new SourceRow.Rejected(read.line(), read.id(), RejectReason.TEMPLATE_CONFLICT, ""));
        }
    }

    private boolean isWanted() {
        return set.limits().rows() == 0 || accepted < set.limits().rows();
    }

    private void publish(SourceRow.Read read, List<TokenisedRow> renderings) {
        int longest = renderings.stream().mapToInt(TokenisedRow::tokens).max().orElse(0);
        if (longest > set.limits().maxTokens()) {
            setAside(new SourceRow.Rejected(read.line(), read.id(), RejectReason.TOO_MANY_TOKENS, longest + " tokens"));
            return;
        }
        accepted++;
        keys.add(TextKey.of(read.prompt()));
        renderings.forEach(rendering -> published.add(rendering.tableRow(set)));
    }

    private void setAside(SourceRow.Rejected rejected) {
        leftOut += rejected.reason().isDefect() ? 0 : 1;
        quarantined.add(RowFactory.create(
                "prompts",
                set.name(),
                set.fileName(),
                rejected.line(),
                SourceRow.nullable(rejected.id()),
                rejected.reason().code(),
                SourceRow.nullable(rejected.detail())));
    }
}
