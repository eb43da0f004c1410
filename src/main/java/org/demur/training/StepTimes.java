package org.demur.training;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import org.demur.sae.train.Collective;

/**
 * Where a worker's time went.
 *
 * @param total_s in steps
 * @param communication_s of that, in exchanges with other workers, waiting for them included
 */
record StepTimes(double total_s, double communication_s) implements Collective.Packet, Serializable {
    @Override
    public void write(Collective.PacketSink sink) {
        sink.number(total_s);
        sink.number(communication_s);
    }

    static StepTimes read(Collective.PacketSource source) {
        return new StepTimes(source.number(), source.number());
    }

    /** The sums over workers, for people. */
    static String text(List<StepTimes> workers) {
        double total_s = workers.stream().mapToDouble(StepTimes::total_s).sum();
        double communication_s =
                workers.stream().mapToDouble(StepTimes::communication_s).sum();
        return String.format(
                Locale.ROOT,
                "%d workers, sum of step_seconds %.3f, of communication_seconds %.3f, a share of %.4f",
                workers.size(),
                total_s,
                communication_s,
                total_s > 0 ? communication_s / total_s : 0);
    }
}
