package org.demur.training;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.demur.ExitCode;
import org.demur.JobException;

/**
 * How a task ended. A failure that is meant for the user is an outcome too: thrown, it would have Spark try again in vain, and
 * a barrier stage would report it as text only.
 */
sealed interface TaskOutcome extends Serializable {
    /** Dictionaries that the task reports. */
    record Trained(List<LayerResult> results) implements TaskOutcome {}

    /** The task cannot go on, and trying again would not help. */
    record Refused(int rank, JobException why) implements TaskOutcome {}

    /** Another task of the same training has gone, whose own outcome says why. */
    record Abandoned() implements TaskOutcome {}

    /** The outcome of a task's work. */
    static TaskOutcome of(int rank, Supplier<List<LayerResult>> work) {
        try {
            return new Trained(work.get());
        } catch (JobException e) {
            return new Refused(rank, e);
        } catch (WorkerLostException e) {
            return new Abandoned();
        }
    }

    /** The results of all tasks; throws what the first one that refused has to say. */
    static List<LayerResult> results(List<TaskOutcome> outcomes) {
        List<LayerResult> results = new ArrayList<>();
        List<Refused> refused = new ArrayList<>();
        boolean abandoned = false;
        for (TaskOutcome outcome : outcomes) {
            if (outcome instanceof Trained trained) {
                results.addAll(trained.results());
            } else if (outcome instanceof Refused one) {
                refused.add(one);
            } else {
                abandoned = true;
            }
        }
        refused.stream().min(Comparator.comparingInt(Refused::rank)).ifPresent(first -> {
            throw first.why();
        });
        if (abandoned) {
            throw new JobException(
                    ExitCode.UNAVAILABLE,
                    "Workers of the train stage lost one another",
                    "connections between executors broke",
                    "run the command again; training goes on from its last checkpoint");
        }
        results.sort(Comparator.comparingInt(LayerResult::layer)
                .thenComparingInt(result -> result.variant().number()));
        return results;
    }
}
