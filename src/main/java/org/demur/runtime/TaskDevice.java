package org.demur.runtime;

import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.demur.ExitCode;
import org.demur.JobException;
import org.demur.engine.Compute;
import org.demur.engine.Placement;

/** Which device the running task has. Never falls back: a GPU that is asked for and absent is an error. */
final class TaskDevice {
    private static final String RESOURCE = "gpu";
    private static final String DRIVER = "driver";

    private TaskDevice() {}

    static Placement of(Compute compute) {
        return switch (compute.device()) {
            case CPU -> Placement.cpu(compute.weights());
            case GPU -> Placement.gpu(number(), compute.weights());
        };
    }

    private static int number() {
        OptionalInt assigned = assigned();
        if (assigned.isPresent()) {
            return assigned.getAsInt();
        }
        if (runsInOneProcess()) {
            return 0;
        }
        throw new JobException(
                ExitCode.MISSING_INPUT,
                "model.device = gpu, but Spark gave this task no GPU",
                "spark.task.resource.gpu.amount or spark.executor.resource.gpu.amount is not set",
                "set both, with a discovery script, as deploy/README.md shows; or set model.device = cpu");
    }

    private static OptionalInt assigned() {
        return Optional.ofNullable(TaskContext.get())
                .map(task -> task.resourcesJMap().get(RESOURCE))
                .map(ResourceInformation::addresses)
                .filter(addresses -> addresses.length > 0)
                .map(addresses -> OptionalInt.of(parse(addresses[0])))
                .orElse(OptionalInt.empty());
    }

    private static int parse(String address) {
        if (!address.matches("\\d{1,4}")) {
            throw new JobException(
                    ExitCode.MISSING_INPUT,
                    "Spark gave this task the GPU " + address,
                    "the discovery script prints something other than GPU numbers",
                    "let it print indices, as nvidia-smi --query-gpu=index does");
        }
        return Integer.parseInt(address);
    }

    /** Local masters assign no resources; the process's first GPU is then meant. */
    private static boolean runsInOneProcess() {
        return Optional.ofNullable(SparkEnv.get())
                .map(env -> env.executorId().equals(DRIVER))
                .orElse(true);
    }
}
