package org.demur.tuning;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.demur.cells.Cell;
import org.demur.statistics.Interval;
import scala.jdk.javaapi.CollectionConverters;

/** A ruling as a row of the table {@code tuning}. */
final class TuningRow {
    /** Fixed, because column comments state it. */
    private static final double CONFIDENCE = 0.95;

    private TuningRow() {}

    static Row of(Ruling ruling) {
        Trial trial = ruling.trial();
        Cell cell = trial.cell();
        Interval effect = trial.effect().wilson(CONFIDENCE);
        return RowFactory.create(
                trial.target(),
                trial.aim().label(),
                CollectionConverters.asScala(trial.sets()).toSeq(),
                trial.intervention(),
                cell.method(),
                cell.kind().editsFeatures() ? cell.featureSet() : null,
                cell.nFeatures(),
                cell.kind().takesCoefficient() ? cell.coefficient() : null,
                trial.effect().n(),
                trial.effect().rate(),
                effect.low(),
                effect.high(),
                trial.loss().tokens(),
                trial.loss().change(),
                trial.loss().interval().low(),
                trial.loss().interval().high(),
                ruling.onFront(),
                ruling.chosen(),
                ruling.reason(),
                cell.intervention());
    }
}
