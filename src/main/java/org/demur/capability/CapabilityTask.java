package org.demur.capability;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.demur.cells.CellEdits;
import org.demur.cells.PartFile;
import org.demur.engine.ModelSpec;
import org.demur.runtime.ModelRegistry;

/** Measures a part, unless an earlier run of the job has left its rows in the scratch folder; answers their file. */
record CapabilityTask(
        ModelSpec spec, Broadcast<CellEdits> edits, String scratch, Subject.Limits limits, LongAccumulator finished)
        implements Function<CapabilityPart, String> {

    @Override
    public String call(CapabilityPart part) {
        PartFile file = part.file(Path.of(scratch));
        if (!file.isDone()) {
            List<Condition> conditions = part.treatments().stream()
                    .map(one -> new Condition(one, edits.value().edits(one.cell(), "")))
                    .toList();
            file.write(part.probe().measure(new Subject(ModelRegistry.model(spec), conditions, limits)));
        }
        finished.add(part.measurements());
        return file.path().toString();
    }
}
