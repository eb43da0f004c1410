package org.demur.study;

import org.demur.study.StudyPlan.PlannedStage;

/** Hears how a study goes on. */
public interface StudyEvents {
    /** The stage is published already. */
    void skipped(PlannedStage stage);

    /** The stage begins. */
    void started(PlannedStage stage);

    /** The stage was published after so many seconds, with so many rows in all its tables. */
    void published(PlannedStage stage, long rows, double seconds);
}
