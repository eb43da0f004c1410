package org.demur.tuning;

import java.util.List;
import org.demur.cells.Cell;
import org.demur.intervention.TuningTarget;
import org.demur.losses.CrossEntropyChange;
import org.demur.statistics.Proportion;

/**
 * An intervention on the prompts of one label, with its effect and its cost.
 *
 * @param aim what it shall achieve
 * @param sets prompt sets whose prompts were answered, in alphabetical order
 * @param cell the intervention, on any of these sets
 * @param effect prompts whose verdict became the wanted one, of those where the untouched model's is not
 * @param loss what it costs on harmless texts
 */
record Trial(Aim aim, List<String> sets, Cell cell, Proportion effect, CrossEntropyChange loss) {

    /** What its size and coefficient are chosen for; trials of equal targets and aims compete. */
    String target() {
        return TuningTarget.of(cell);
    }

    /** The cell's id without the prompt set. */
    String intervention() {
        return cell.cellId().substring(cell.setName().length() + 1);
    }

    /** Negative when this effect is smaller; exact, also where the numbers of prompts differ. */
    int compareEffect(Trial other) {
        return Long.compare((long) effect.hits() * other.effect.n(), (long) other.effect.hits() * effect.n());
    }

    /** Change in cross-entropy, nats per token; infinite where the edited model has none. */
    double cost() {
        return Double.isNaN(loss.change()) ? Double.POSITIVE_INFINITY : loss.change();
    }

    /** Whether it is at least as good in effect and cost, and better in one. */
    boolean dominates(Trial other) {
        int byEffect = compareEffect(other);
        int byCost = Double.compare(other.cost(), cost());
        return byEffect >= 0 && byCost >= 0 && byEffect + byCost > 0;
    }
}
