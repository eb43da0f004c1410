package org.demur.study;

import org.demur.study.StudyPlan.PlannedStage;

/** Hears a study and says nothing. */
final class IgnoredEvents implements StudyEvents {
    @Override
    public void skipped(PlannedStage stage) {}

    @Override
    public void started(PlannedStage stage) {}

    @Override
    public void published(PlannedStage stage, long rows, double seconds) {}
}
